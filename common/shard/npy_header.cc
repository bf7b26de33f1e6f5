#include "common/shard/npy_header.h"

#include "absl/strings/str_cat.h"

namespace moyo::shard {
namespace {

constexpr size_t kAlign = 64;
constexpr size_t kPreambleBytes = 10;  // magic, version, header length

}  // namespace

std::string NpyHeader(std::string_view type, std::span<const uint64_t> shape) {
  std::string header = absl::StrCat("{'descr': '", absl::string_view(type.data(), type.size()),
                                    "', 'fortran_order': False, 'shape': (");
  for (size_t i = 0; i < shape.size(); ++i) {
    // Python's tuple of one needs its comma.
    absl::StrAppend(&header, i == 0 ? "" : " ", shape[i],
                    i + 1 < shape.size() || shape.size() == 1 ? "," : "");
  }
  header += "), }";
  const size_t unpadded = kPreambleBytes + header.size() + 1;
  header.append((kAlign - unpadded % kAlign) % kAlign, ' ').push_back('\n');
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes.push_back(static_cast<char>(header.size() & 0xff));
  bytes.push_back(static_cast<char>(header.size() >> 8));
  return bytes + header;
}

}  // namespace moyo::shard
