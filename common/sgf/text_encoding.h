// What charset the names in a game record are in, and those names as UTF-8. For people's eyes only:
// the reader itself works on bytes and needs none of it.
//
//   const HeaderTexts& header = reader.header();
//   const TextEncoding encoding = DetectEncoding(game_text, header.charset);
//   Print(SimpleText(ToUtf8(header.black_name, encoding)));
//
// A library of its own, moyo::sgf_text, so that nothing else links the charset detector.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace moyo::sgf {

enum class TextEncoding : uint8_t {
  kAscii,
  kUtf8,
  kGb18030,  // with GB2312 and GBK, which it contains
  kBig5,
  kEucKr,     // with its extension, code page 949
  kShiftJis,  // with its extension, code page 932
  kUtf16,     // HeaderTexts of such a game are UTF-8 already
  kLatin1,    // as code page 1252; the charset of SGF when CA is absent
  kUnknown
};

// IANA's name ("UTF-8", "EUC-KR"); "unknown" for kUnknown.
const char* EncodingName(TextEncoding encoding);

// Whether this machine's C library has the converters (gconv modules); without them all charsets
// but UTF-8 would seem unknown.
enum class CharsetSupport : uint8_t { kComplete, kMissing };
CharsetSupport CharsetsOfThisMachine();

// The encoding of a record's text. Give it a whole game (moves and all), since single names are too
// short to tell; `charset_property` is the value of CA, or empty. Asked in this order:
//   1. UTF-16 as GameReader sees it; no byte above 0x7f; bytes that are strictly valid UTF-8
//   2. the charset that CA names, if they convert (a few characters cut in halves are let pass)
//   3. the charset in which they hold Go's own words (dan, win, Black)
//   4. the one in which their characters are common, as those of names are
//   5. what uchardet says, if they convert
TextEncoding DetectEncoding(std::string_view bytes, std::string_view charset_property);

// Of a value in HeaderTexts. Never fails: what cannot be converted becomes U+FFFD, of kUnknown
// every byte above 0x7f.
std::string ToUtf8(std::string_view bytes, TextEncoding encoding);

// A value of SGF's type SimpleText as it is meant, from UTF-8: without escapes, a line break or a
// tab is a space and an escaped line break nothing, no space at the ends.
std::string SimpleText(std::string_view utf8_value);

}  // namespace moyo::sgf
