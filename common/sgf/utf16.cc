#include "common/sgf/utf16.h"

namespace moyo::sgf {
namespace {

constexpr uint32_t kReplacement = 0xfffd;

unsigned char ByteAt(std::string_view bytes, size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

uint32_t UnitAt(std::string_view bytes, size_t at, CodeUnits units) {
  const uint32_t first = ByteAt(bytes, at);
  const uint32_t second = ByteAt(bytes, at + 1);
  return units == CodeUnits::kUtf16Le ? second << 8 | first : first << 8 | second;
}

void Append(uint32_t code_point, std::string& text) {
  const auto tail = [&](int shift) {
    text += static_cast<char>(0x80 | (code_point >> shift & 0x3f));
  };
  if (code_point < 0x80) {
    text += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    text += static_cast<char>(0xc0 | code_point >> 6);
    tail(0);
  } else if (code_point < 0x10000) {
    text += static_cast<char>(0xe0 | code_point >> 12);
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xf0 | code_point >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

CodeUnits CodeUnitsOfGame(std::string_view game) {
  if (game.size() < 4 || (game[0] != 0 && game[1] != 0)) return CodeUnits::kBytes;
  const size_t low = game[0] == 0 ? 1 : 0;
  if (game[low] != '(') return CodeUnits::kBytes;
  for (size_t at = 0; at + 1 < game.size(); at += 2) {
    const unsigned char c = AsciiOfUnit(ByteAt(game, at + low), ByteAt(game, at + 1 - low));
    if (c == ';') return low == 0 ? CodeUnits::kUtf16Le : CodeUnits::kUtf16Be;
    if (c != '(' && c > ' ') break;
  }
  return CodeUnits::kBytes;
}

void Utf16ToUtf8(std::string_view bytes, CodeUnits units, std::string& text) {
  text.clear();
  text.reserve(bytes.size());
  for (size_t at = 0; at + 1 < bytes.size(); at += 2) {
    uint32_t unit = UnitAt(bytes, at, units);
    if (unit >= 0xd800 && unit < 0xe000) {
      const uint32_t next =
          unit < 0xdc00 && at + 3 < bytes.size() ? UnitAt(bytes, at + 2, units) : 0;
      if (next >= 0xdc00 && next < 0xe000) {
        unit = 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00);
        at += 2;
      } else {
        unit = kReplacement;
      }
    }
    Append(unit, text);
  }
}

uint64_t Utf16Bytes(std::string_view utf8) {
  uint64_t units = 0;
  for (char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) != 0x80) ++units;  // not one of a character's later bytes
    if (byte >= 0xf0) ++units;           // a pair of surrogates
  }
  return units * 2;
}

}  // namespace moyo::sgf
