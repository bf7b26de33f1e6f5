#include "common/base/utf8.h"

namespace moyo {

size_t Utf8CharacterBytes(std::string_view text) {
  const auto in = [&](size_t at, unsigned from, unsigned to) {
    if (at >= text.size()) return false;
    const unsigned byte = static_cast<unsigned char>(text[at]);
    return byte >= from && byte <= to;
  };
  const auto follow = [&](size_t from, size_t to) {
    for (size_t at = from; at < to; ++at) {
      if (!in(at, 0x80, 0xbf)) return false;
    }
    return true;
  };
  if (in(0, 0, 0x7f)) return 1;
  if (in(0, 0xc2, 0xdf)) return follow(1, 2) ? 2 : 0;
  if (in(0, 0xe0, 0xef)) {
    const bool second = in(0, 0xe0, 0xe0)   ? in(1, 0xa0, 0xbf)
                        : in(0, 0xed, 0xed) ? in(1, 0x80, 0x9f)
                                            : in(1, 0x80, 0xbf);
    return second && follow(2, 3) ? 3 : 0;
  }
  const bool second = in(0, 0xf0, 0xf0)   ? in(1, 0x90, 0xbf)
                      : in(0, 0xf1, 0xf3) ? in(1, 0x80, 0xbf)
                                          : in(0, 0xf4, 0xf4) && in(1, 0x80, 0x8f);
  return second && follow(2, 4) ? 4 : 0;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t bytes = Utf8CharacterBytes(text);
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

size_t ControlCharacterBytes(std::string_view text) {
  const auto byte = [text](size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : ' ';
  };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
  return byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) <= 0x9f ? 2 : 0;
}

}  // namespace moyo
