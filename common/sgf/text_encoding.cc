#include "common/sgf/text_encoding.h"

#include <iconv.h>
#include <uchardet/uchardet.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <type_traits>

#include "common/base/utf8.h"
#include "common/sgf/utf16.h"

namespace moyo::sgf {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD
constexpr size_t kMaxSampleBytes = 4096;  // detection needs no more, comments can be long

bool IsHigh(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool IsSpace(char c) { return static_cast<unsigned char>(c) <= ' '; }

// A superset of each where people use one under the plain name.
const char* IconvName(TextEncoding encoding) {
  switch (encoding) {
    case TextEncoding::kGb18030:
      return "GB18030";
    case TextEncoding::kBig5:
      return "CP950";
    case TextEncoding::kEucKr:
      return "CP949";
    case TextEncoding::kShiftJis:
      return "CP932";
    case TextEncoding::kLatin1:
      return "CP1252";
    case TextEncoding::kAscii:
    case TextEncoding::kUtf8:
    case TextEncoding::kUtf16:
    case TextEncoding::kUnknown:
      break;
  }
  return "UTF-8";
}

// Appends to `text`, what is not well-formed replaced; returns how often. A cut character counts
// once.
size_t CopyUtf8(std::string_view bytes, std::string& text) {
  size_t replaced = 0;
  while (!bytes.empty()) {
    size_t length = Utf8CharacterBytes(bytes);
    if (length > 0) {
      text += bytes.substr(0, length);
    } else {
      text += kReplacement;
      ++replaced;
      length = 1;
      while (length < bytes.size() && (bytes[length] & 0xc0) == 0x80) ++length;
    }
    bytes.remove_prefix(length);
  }
  return replaced;
}

// One open conversion to UTF-8.
class Converter {
 public:
  explicit Converter(std::string_view from)
      : is_utf8_(from == "UTF-8"), handle_(iconv_open("UTF-8", std::string(from).c_str())) {}
  ~Converter() {
    if (open()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  bool open() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  // Appends to `text`; returns how many times something was replaced.
  size_t Convert(std::string_view bytes, std::string& text) {
    if (is_utf8_) return CopyUtf8(bytes, text);
    size_t replaced = 0;
    std::array<char, 1024> buffer;
    char* in = const_cast<char*>(bytes.data());  // iconv's signature; it does not write there
    size_t left = bytes.size();
    while (left > 0) {
      char* out = buffer.data();
      size_t room = buffer.size();
      const size_t outcome = iconv(handle_, &in, &left, &out, &room);
      text.append(buffer.data(), out - buffer.data());
      if (outcome != static_cast<size_t>(-1) || errno == E2BIG) continue;
      text += kReplacement;
      ++replaced;
      if (errno == EINVAL) break;  // the last character is cut
      ++in;
      --left;
    }
    return replaced;
  }

 private:
  const bool is_utf8_;
  const iconv_t handle_;
};

// The bytes above 0x7f, each with the byte after it, which belongs to it in the double-byte
// charsets; runs are kept apart by a space. No more than the bound and the end of a character.
std::string Sample(std::string_view bytes) {
  std::string sample;
  const auto has_room = [&sample] { return sample.size() < kMaxSampleBytes; };
  for (size_t i = 0; i < bytes.size() && has_room(); ++i) {
    if (!IsHigh(bytes[i])) continue;
    while (i < bytes.size() && IsHigh(bytes[i]) && has_room()) sample += bytes[i++];
    if (i < bytes.size()) sample += bytes[i];
    sample += ' ';
  }
  return sample;
}

// Whether the sample is text of that encoding. Names are often cut to a number of bytes, so one bad
// byte in eight is let pass.
bool Converts(std::string_view sample, TextEncoding encoding, std::string* text = nullptr) {
  Converter converter(IconvName(encoding));
  if (!converter.open()) return false;
  std::string converted;
  const size_t replaced = converter.Convert(sample, converted);
  const auto high = static_cast<size_t>(std::count_if(sample.begin(), sample.end(), IsHigh));
  if (text != nullptr) *text = std::move(converted);
  return replaced * 8 <= high;
}

// Charset names as CA and uchardet give them, in capitals and without punctuation.
TextEncoding EncodingOfName(std::string_view name) {
  std::string plain;
  for (char c : name) {
    if (c >= 'a' && c <= 'z') plain += static_cast<char>(c - 'a' + 'A');
    if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) plain += c;
  }
  struct Known {
    std::string_view name;
    TextEncoding encoding;
  };
  static constexpr Known kKnown[] = {
      {"UTF8", TextEncoding::kUtf8},          {"UNICODE", TextEncoding::kUtf8},
      {"GB18030", TextEncoding::kGb18030},    {"GBK", TextEncoding::kGb18030},
      {"GB2312", TextEncoding::kGb18030},     {"CP936", TextEncoding::kGb18030},
      {"936", TextEncoding::kGb18030},        {"EUCCN", TextEncoding::kGb18030},
      {"BIG5", TextEncoding::kBig5},          {"BIG5HKSCS", TextEncoding::kBig5},
      {"CP950", TextEncoding::kBig5},         {"950", TextEncoding::kBig5},
      {"EUCKR", TextEncoding::kEucKr},        {"UHC", TextEncoding::kEucKr},
      {"CP949", TextEncoding::kEucKr},        {"949", TextEncoding::kEucKr},
      {"KSC5601", TextEncoding::kEucKr},      {"KSC56011987", TextEncoding::kEucKr},
      {"MS949", TextEncoding::kEucKr},        {"SHIFTJIS", TextEncoding::kShiftJis},
      {"SJIS", TextEncoding::kShiftJis},      {"CP932", TextEncoding::kShiftJis},
      {"932", TextEncoding::kShiftJis},       {"WINDOWS31J", TextEncoding::kShiftJis},
      {"XSJIS", TextEncoding::kShiftJis},     {"ISO88591", TextEncoding::kLatin1},
      {"ISO885915", TextEncoding::kLatin1},   {"LATIN1", TextEncoding::kLatin1},
      {"WINDOWS1252", TextEncoding::kLatin1}, {"CP1252", TextEncoding::kLatin1}};
  if (plain.starts_with("WINDOWS9")) plain.erase(0, 7);  // "windows-936"
  for (const Known& known : kKnown) {
    if (plain == known.name) return known.encoding;
  }
  return TextEncoding::kUnknown;
}

// How often the words, parted by spaces, stand in the text.
size_t CountAll(std::string_view text, std::string_view words) {
  size_t count = 0;
  while (!words.empty()) {
    const size_t end = std::min(words.find(' '), words.size());
    const std::string_view word = words.substr(0, end);
    for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
      ++count;
    }
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return count;
}

// The charset in which the sample has most of the words that game records are full of; kUnknown
// when none has more than every other.
TextEncoding EncodingByGoWords(std::string_view sample) {
  struct Candidate {
    TextEncoding encoding;
    std::string_view words;
  };
  static constexpr Candidate kCandidates[] = {
      {TextEncoding::kGb18030, "段 级 胜 负 黑 白 围棋 中盘 业余 中国 韩国 杯 赛"},
      {TextEncoding::kBig5, "段 級 勝 負 黑 白 圍棋 中盤 業餘 中國 韓國 杯 賽"},
      {TextEncoding::kEucKr, "단 급 승 흑 백 불계 한국 중국 배 집"},
      {TextEncoding::kShiftJis, "段 級 勝 黒 白 押し 棋院 日本 中国 韓国 戦 期"},
  };
  TextEncoding best = TextEncoding::kUnknown;
  size_t most = 0;
  for (const Candidate& candidate : kCandidates) {
    std::string text;
    if (!Converts(sample, candidate.encoding, &text)) continue;
    const size_t count = CountAll(text, candidate.words);
    if (count == most) best = TextEncoding::kUnknown;
    if (count <= most) continue;
    most = count;
    best = candidate.encoding;
  }
  return best;
}

// How common a character is in its language, 0 to 10, from the rows of its charset: all sort common
// characters before rare ones.
int Commonness(TextEncoding encoding, unsigned char lead, unsigned char trail) {
  const bool high = trail >= 0xa1;
  const bool low = trail >= 0x40 && trail <= 0x7e;
  const auto lead_in = [lead](unsigned char from, unsigned char to) {
    return lead >= from && lead <= to;
  };
  switch (encoding) {
    case TextEncoding::kEucKr:  // the syllables of hangul
      return high && lead_in(0xb0, 0xc8) ? 10 : 0;
    case TextEncoding::kGb18030:  // GB2312's two levels
      if (!high) return 0;
      return lead_in(0xb0, 0xd7) ? 10 : lead_in(0xd8, 0xf7) ? 4 : 0;
    case TextEncoding::kBig5:
      if (!high && !low) return 0;
      return lead_in(0xa4, 0xc6) ? 10 : lead_in(0xc9, 0xf9) ? 3 : 0;
    case TextEncoding::kShiftJis:  // kana, then JIS's two levels
      if (trail < 0x40 || trail == 0x7f || trail > 0xfc) return 0;
      if (lead_in(0x82, 0x83) || lead_in(0x88, 0x97)) return 10;
      return lead_in(0x98, 0x9f) || lead_in(0xe0, 0xea) ? 4 : 0;
    default:
      return 0;
  }
}

// Names alone are too short for statistics, but not for this. kUnknown when the characters would be
// rare in every charset, as those of western text are.
TextEncoding EncodingByCharacters(std::string_view sample) {
  constexpr size_t kLeast = 7;       // on average
  constexpr size_t kManyHangul = 4;  // fewer may well lie in its rows by chance
  TextEncoding best = TextEncoding::kUnknown;
  size_t most = 0;
  for (TextEncoding encoding : {TextEncoding::kEucKr, TextEncoding::kGb18030, TextEncoding::kBig5,
                                TextEncoding::kShiftJis}) {
    size_t characters = 0;
    size_t sum = 0;
    for (size_t i = 0; i + 1 < sample.size(); ++i) {
      if (!IsHigh(sample[i])) continue;
      ++characters;
      sum += Commonness(encoding, sample[i], sample[i + 1]);
      ++i;
    }
    if (encoding == TextEncoding::kEucKr && characters < kManyHangul) continue;
    if (sum <= most || sum < characters * kLeast) continue;
    most = sum;
    best = encoding;
  }
  return best;
}

TextEncoding EncodingByUchardet(std::string_view sample) {
  struct Delete {
    void operator()(uchardet_t detector) const { uchardet_delete(detector); }
  };
  const std::unique_ptr<std::remove_pointer_t<uchardet_t>, Delete> detector(uchardet_new());
  if (detector == nullptr) return TextEncoding::kUnknown;
  uchardet_handle_data(detector.get(), sample.data(), sample.size());
  uchardet_data_end(detector.get());
  return EncodingOfName(uchardet_get_charset(detector.get()));
}

}  // namespace

const char* EncodingName(TextEncoding encoding) {
  switch (encoding) {
    case TextEncoding::kAscii:
      return "US-ASCII";
    case TextEncoding::kUtf8:
      return "UTF-8";
    case TextEncoding::kGb18030:
      return "GB18030";
    case TextEncoding::kBig5:
      return "Big5";
    case TextEncoding::kEucKr:
      return "EUC-KR";
    case TextEncoding::kShiftJis:
      return "Shift_JIS";
    case TextEncoding::kUtf16:
      return "UTF-16";
    case TextEncoding::kLatin1:
      return "ISO-8859-1";
    case TextEncoding::kUnknown:
      break;
  }
  return "unknown";
}

CharsetSupport CharsetsOfThisMachine() {
  for (TextEncoding encoding : {TextEncoding::kGb18030, TextEncoding::kBig5, TextEncoding::kEucKr,
                                TextEncoding::kShiftJis, TextEncoding::kLatin1}) {
    if (!Converter(IconvName(encoding)).open()) return CharsetSupport::kMissing;
  }
  return CharsetSupport::kComplete;
}

TextEncoding DetectEncoding(std::string_view bytes, std::string_view charset_property) {
  if (CodeUnitsOfGame(bytes) != CodeUnits::kBytes) return TextEncoding::kUtf16;
  const std::string sample = Sample(bytes);
  if (sample.empty()) return TextEncoding::kAscii;
  if (IsUtf8(bytes)) return TextEncoding::kUtf8;
  const TextEncoding named = EncodingOfName(charset_property);
  // Latin-1 is SGF's default and converts anything: believed only when nothing speaks against it.
  const bool believed = named != TextEncoding::kUnknown && named != TextEncoding::kLatin1;
  if (believed && Converts(sample, named)) return named;
  // UTF-8 is not met by chance, so cut characters in it need no one's word.
  if (Converts(sample, TextEncoding::kUtf8)) return TextEncoding::kUtf8;
  const TextEncoding by_words = EncodingByGoWords(sample);
  if (by_words != TextEncoding::kUnknown) return by_words;
  if (named == TextEncoding::kLatin1) return named;
  const TextEncoding by_characters = EncodingByCharacters(sample);
  if (by_characters != TextEncoding::kUnknown) return by_characters;
  const TextEncoding guessed = EncodingByUchardet(sample);
  if (guessed != TextEncoding::kUnknown && Converts(sample, guessed)) return guessed;
  return TextEncoding::kUnknown;
}

std::string ToUtf8(std::string_view bytes, TextEncoding encoding) {
  const bool ascii = encoding == TextEncoding::kUnknown || encoding == TextEncoding::kAscii;
  Converter converter(ascii ? "US-ASCII" : IconvName(encoding));
  std::string text;
  if (converter.open()) {
    converter.Convert(bytes, text);
    return text;
  }
  // A C library without that charset.
  for (char c : bytes) IsHigh(c) ? text += kReplacement : text += c;
  return text;
}

std::string SimpleText(std::string_view utf8_value) {
  std::string text;
  for (size_t i = 0; i < utf8_value.size(); ++i) {
    char c = utf8_value[i];
    if (c == '\\') {
      if (++i == utf8_value.size()) break;
      c = utf8_value[i];
      if (c == '\n' || c == '\r') {  // a soft line break of one or two bytes
        const char other = c == '\n' ? '\r' : '\n';
        if (i + 1 < utf8_value.size() && utf8_value[i + 1] == other) ++i;
        continue;
      }
    }
    text += IsSpace(c) ? ' ' : c;
  }
  const size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace moyo::sgf
