// Any bytes through the shard's own deflate: an inflater of another hand gives them back and ends
// where the stream does.
#include <libdeflate.h>

#include <algorithm>
#include <memory>
#include <string>

#include "common/shard/huffman_deflate.h"
#include "tests/fuzz/require.h"

namespace moyo::fuzz {
namespace {

constexpr size_t kMostBytes = 1 << 14;

void CheckBytes(const std::string& bytes) {
  static const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)>
      inflater(libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  const std::string packed = moyo::shard::HuffmanDeflate(bytes);
  // A header of about 170 bytes, and a code no longer than plain bytes but for rounding.
  Require(packed.size() <= bytes.size() + bytes.size() / 8 + 200, "literals hardly grow");
  std::string again(bytes.size(), '\0');
  size_t read = 0;
  const libdeflate_result result = libdeflate_deflate_decompress_ex(
      inflater.get(), packed.data(), packed.size(), again.data(), again.size(), &read, nullptr);
  Require(result == LIBDEFLATE_SUCCESS && read == packed.size(), "the stream inflates, whole");
  Require(again == bytes, "what inflates is what went in");
}

// Pairs of a byte and how often it stands there: counts that differ widely make long codes.
std::string Expand(std::string_view pairs) {
  std::string bytes;
  for (size_t i = 0; i + 1 < pairs.size(); i += 2) {
    const size_t count = size_t{1} << (static_cast<unsigned char>(pairs[i + 1]) % 13);
    bytes.append(std::min(count, kMostBytes - bytes.size()), pairs[i]);
  }
  return bytes;
}

}  // namespace
}  // namespace moyo::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moyo::fuzz;
  const std::string_view bytes = AsText(data, size);
  CheckBytes(std::string(bytes));
  CheckBytes(Expand(bytes));
  return 0;
}
