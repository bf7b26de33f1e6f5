// Test texts in UTF-16 of either byte order.
#pragma once

#include <string>
#include <string_view>

namespace moyo::sgf {

inline std::string Utf16(std::u16string_view text, bool big_endian) {
  std::string bytes;
  for (char16_t unit : text) {
    const char low = static_cast<char>(unit & 0xff);
    const char high = static_cast<char>(unit >> 8);
    bytes += big_endian ? high : low;
    bytes += big_endian ? low : high;
  }
  return bytes;
}

}  // namespace moyo::sgf
