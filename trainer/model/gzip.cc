#include "trainer/model/gzip.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/base/text.h"

namespace moyo::trainer {
namespace {

constexpr int kLevel = 6;

}  // namespace

std::string Gzip(std::string_view bytes) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> codec(
      libdeflate_alloc_compressor(kLevel), libdeflate_free_compressor);
  std::string packed(libdeflate_gzip_compress_bound(codec.get(), bytes.size()), '\0');
  packed.resize(libdeflate_gzip_compress(codec.get(), bytes.data(), bytes.size(), packed.data(),
                                         packed.size()));
  return packed;
}

absl::StatusOr<std::string> Gunzip(std::string_view bytes, size_t most_bytes) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> codec(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  std::string text;
  for (size_t room = 8 * bytes.size() + 1024;; room *= 2) {
    text.resize(std::min(room, most_bytes));
    size_t text_bytes = 0;
    const libdeflate_result result = libdeflate_gzip_decompress(
        codec.get(), bytes.data(), bytes.size(), text.data(), text.size(), &text_bytes);
    if (result == LIBDEFLATE_SUCCESS) {
      text.resize(text_bytes);
      return text;
    }
    if (result != LIBDEFLATE_INSUFFICIENT_SPACE) {
      return absl::InvalidArgumentError("its gzip is damaged");
    }
    if (room >= most_bytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("it unpacks to more than ", HumanBytes(most_bytes)));
    }
  }
}

}  // namespace moyo::trainer
