// UTF-16 in a record's bytes. Internal to common/sgf: Splitter and GameReader must agree on which
// games are UTF-16, so both go by how a game begins. GRAMMAR.md, "UTF-16".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace moyo::sgf {

enum class CodeUnits : uint8_t { kBytes, kUtf16Le, kUtf16Be };

// Of one game that begins with "(": little endian if every byte up to and with the first ';' has a
// NUL after it, big endian if a NUL before it.
CodeUnits CodeUnitsOfGame(std::string_view game);

// A code unit as one byte for those who look for ASCII only: NUL and what lies outside are 0xff.
inline unsigned char AsciiOfUnit(unsigned char low, unsigned char high) {
  return high != 0 || low == 0 || low >= 0x80 ? 0xff : low;
}

// Replaces `text` by the UTF-8 of the units; a lone surrogate becomes U+FFFD, an odd last byte is
// dropped.
void Utf16ToUtf8(std::string_view bytes, CodeUnits units, std::string& text);

// How many bytes of UTF-16 that UTF-8 came from.
uint64_t Utf16Bytes(std::string_view utf8);

}  // namespace moyo::sgf
