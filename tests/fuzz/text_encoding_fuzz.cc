// Any bytes as the text of a game record in any charset, and as the name of a charset: what people
// are shown is valid UTF-8 of bounded length, and detection answers the same twice.
#include <string>

#include "common/sgf/text_encoding.h"
#include "tests/fuzz/require.h"

namespace moyo::fuzz {
namespace {

using sgf::TextEncoding;

// Strictly, after Unicode 15 table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto byte = [&](size_t at) {
      return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
    };
    const auto follows = [&](size_t at, unsigned from, unsigned to) {
      return byte(at) >= from && byte(at) <= to;
    };
    const unsigned first = byte(i);
    if (first < 0x80) {
      i += 1;
    } else if (first >= 0xc2 && first <= 0xdf && follows(i + 1, 0x80, 0xbf)) {
      i += 2;
    } else if (first >= 0xe0 && first <= 0xef &&
               follows(i + 1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf) &&
               follows(i + 2, 0x80, 0xbf)) {
      i += 3;
    } else if (first >= 0xf0 && first <= 0xf4 &&
               follows(i + 1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf) &&
               follows(i + 2, 0x80, 0xbf) && follows(i + 3, 0x80, 0xbf)) {
      i += 4;
    } else {
      return false;
    }
  }
  return true;
}

void CheckText(std::string_view bytes, TextEncoding encoding) {
  const std::string text = sgf::ToUtf8(bytes, encoding);
  Require(text.size() <= 4 * bytes.size() + 4, "text grows to a few times its bytes at most");
  const std::string simple = sgf::SimpleText(text);
  Require(simple.size() <= text.size(), "simple text is no longer than its value");
  Require(simple.find_first_of("\r\n\t") == std::string::npos, "simple text is one line");
  // UTF-16 is UTF-8 by the time it gets here; ASCII is what has been found to be so.
  if (encoding == TextEncoding::kUtf16 || encoding == TextEncoding::kAscii) return;
  Require(IsUtf8(text), "what people are shown is UTF-8");
  Require(IsUtf8(simple), "simple text is UTF-8 still");
}

}  // namespace
}  // namespace moyo::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moyo::fuzz;
  // The first byte says how long the charset's name is.
  const std::string_view bytes = AsText(data, size);
  const size_t name_bytes = bytes.empty() ? 0 : static_cast<unsigned char>(bytes[0]) % 16;
  const std::string_view charset = bytes.substr(bytes.empty() ? 0 : 1, name_bytes);
  const std::string_view text = bytes.substr(std::min(bytes.size(), 1 + name_bytes));
  const moyo::sgf::TextEncoding detected = moyo::sgf::DetectEncoding(text, charset);
  Require(moyo::sgf::DetectEncoding(text, charset) == detected, "detection is repeatable");
  Require(detected <= moyo::sgf::TextEncoding::kUnknown, "an encoding is one of the list");
  Require(moyo::sgf::EncodingName(detected)[0] != '\0', "an encoding has a name");
  CheckText(text, detected);
  for (int i = 0; i <= static_cast<int>(moyo::sgf::TextEncoding::kUnknown); ++i) {
    CheckText(text, static_cast<moyo::sgf::TextEncoding>(i));
  }
  return 0;
}
