#include "common/sgf/header_values.h"

#include <algorithm>
#include <cstdlib>

namespace moyo::sgf {
namespace {

// A number in text, in hundredths.
struct Amount {
  int hundredths = 0;
  bool fraction = false;  // it was written with one
};

// Words of results in one charset; several are parted by spaces.
struct ResultWords {
  std::string_view black, white, won, lost, resigned, draw;
};
constexpr ResultWords kUtf8Words = {
    "黑 黒 흑", "白 백", "胜 勝 승", "负 負 败 敗 패", "中盘 中盤 中押 불계", "和 持碁 무승부 빅"};
constexpr ResultWords kGb18030Words = {"\xba\xda",          "\xb0\xd7",         "\xca\xa4",
                                       "\xb8\xba \xb0\xdc", "\xd6\xd0\xc5\xcc", "\xba\xcd"};
constexpr ResultWords kBig5Words = {"\xb6\xc2",          "\xa5\xd5",         "\xb3\xd3",
                                    "\xad\x74 \xb1\xd1", "\xa4\xa4\xbd\x4c", "\xa9\x4d"};
constexpr ResultWords kEucKrWords = {"\xc8\xe6",         "\xb9\xe9",
                                     "\xbd\xc2",         "\xc6\xd0",
                                     "\xba\xd2\xb0\xe8", "\xb9\xab\xbd\xc2\xba\xce \xba\xf2"};
constexpr ResultWords kShiftJisWords = {"\x8d\x95",         "\x94\x92",
                                        "\x8f\x9f",         "\x95\x89 \x94\x73",
                                        "\x92\x86\x89\x9f", "\x8e\x9d\x8c\xe9"};

// One to nine, as they stand before dan, kyu and stones.
constexpr std::string_view kNumerals[][9] = {
    {"一", "二", "三", "四", "五", "六", "七", "八", "九"},
    {"일", "이", "삼", "사", "오", "육", "칠", "팔", "구"},
    {"\xd2\xbb", "\xb6\xfe", "\xc8\xfd", "\xcb\xc4", "\xce\xe5", "\xc1\xf9", "\xc6\xdf", "\xb0\xcb",
     "\xbe\xc5"}};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == 0; }
bool IsLetter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view Strip(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

// `lower` is in small letters.
bool StartsWithIgnoringCase(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (size_t i = 0; i < lower.size(); ++i) {
    if (Lower(text[i]) != lower[i]) return false;
  }
  return true;
}

// Calls `see` with each of the words until it says true; whether it did.
template <typename See>
bool AnyOf(std::string_view words, See see) {
  while (!words.empty()) {
    const size_t end = std::min(words.find(' '), words.size());
    if (see(words.substr(0, end))) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

bool IsWord(std::string_view text, std::string_view lower_words) {
  return AnyOf(lower_words, [text](std::string_view word) {
    return text.size() == word.size() && StartsWithIgnoringCase(text, word);
  });
}

bool HasAny(std::string_view text, std::string_view words) {
  return AnyOf(words,
               [text](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

// Position of the earliest of `words`; npos when none is there.
size_t FindAny(std::string_view text, std::string_view words) {
  size_t first = std::string_view::npos;
  AnyOf(words, [&](std::string_view word) {
    first = std::min(first, text.find(word));
    return false;
  });
  return first;
}

// Digits from `at` on, at most six counted; moves `at` behind them.
int ReadDigits(std::string_view text, size_t& at) {
  int value = 0;
  for (int digits = 0; at < text.size() && IsDigit(text[at]); ++at, ++digits) {
    if (digits < 6) value = value * 10 + (text[at] - '0');
  }
  return value;
}

// "/4" after a numerator: hundredths of the fraction, or nothing.
std::optional<int> ReadDivision(std::string_view text, size_t& at, int numerator) {
  if (at + 1 >= text.size() || text[at] != '/' || !IsDigit(text[at + 1])) return std::nullopt;
  size_t after = at + 1;
  const int denominator = ReadDigits(text, after);
  if (denominator == 0) return std::nullopt;
  at = after;
  return numerator * 100 / denominator;
}

// Words for "and a half" and for the Chinese unit, in all charsets.
bool SaysHalf(std::string_view text) {
  return HasAny(text, "半 반 \xb0\xeb \xa5\x62 \xb9\xdd \x94\xbc");
}
bool SaysZi(std::string_view text) { return HasAny(text, "子 zi \xd7\xd3 \xa4\x6c"); }

// The first number of the text: "6.5", "7,5", "3/4", "2又3/4", "2 1/2", "1目半".
std::optional<Amount> ParseAmount(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && !IsDigit(text[at])) ++at;
  if (at == text.size()) return std::nullopt;
  const bool negative = at > 0 && text[at - 1] == '-';
  const int whole = ReadDigits(text, at);
  Amount amount;
  if (std::optional<int> part = ReadDivision(text, at, whole)) {
    amount = {*part, true};
  } else {
    amount.hundredths = whole * 100;
    if (at + 1 < text.size() && (text[at] == '.' || text[at] == ',') && IsDigit(text[at + 1])) {
      amount.fraction = true;
      amount.hundredths += (text[at + 1] - '0') * 10;
      if (at + 2 < text.size() && IsDigit(text[at + 2])) amount.hundredths += text[at + 2] - '0';
    } else {
      for (std::string_view joint : {" ", "又", "\xd3\xd6"}) {
        if (text.substr(at, joint.size()) != joint) continue;
        size_t next = at + joint.size();
        const int numerator = ReadDigits(text, next);
        if (std::optional<int> part = ReadDivision(text, next, numerator)) {
          amount = {amount.hundredths + *part, true};
        }
        break;
      }
      if (!amount.fraction && SaysHalf(text.substr(at))) {
        amount = {amount.hundredths + 50, true};
      }
    }
  }
  if (negative) amount.hundredths = -amount.hundredths;
  return amount;
}

// Half points from an amount in points or in Chinese stones; 0 when it cannot be one.
int16_t HalfPoints(int hundredths, bool zi) {
  const int part = std::abs(hundredths) % 100;
  if (zi || part == 25 || part == 75) hundredths *= 2;
  const int half_points = (std::abs(hundredths) + 25) / 50;
  if (half_points > 2 * go::kMaxBoardSize * go::kMaxBoardSize) return 0;
  return static_cast<int16_t>(hundredths < 0 ? -half_points : half_points);
}

int16_t ParseMargin(std::string_view text) {
  if (std::optional<Amount> amount = ParseAmount(text)) {
    return std::abs(HalfPoints(amount->hundredths, SaysZi(text)));
  }
  return SaysHalf(text) ? 1 : 0;
}

bool NamesASide(std::string_view text, const ResultWords& words) {
  return HasAny(text, words.black) || HasAny(text, words.white);
}

// The charset of a result; null when it names no side. Two bytes are easily met by chance in
// another charset, so the rarer ones must begin the text.
const ResultWords* FindWords(std::string_view text) {
  if (NamesASide(text, kUtf8Words)) return &kUtf8Words;
  for (const ResultWords* words : {&kBig5Words, &kEucKrWords, &kShiftJisWords}) {
    if (NamesASide(text.substr(0, 2), *words)) return words;
  }
  return NamesASide(text, kGb18030Words) ? &kGb18030Words : nullptr;
}

// "黑中盘胜", "白2目半勝ち", "흑 불계승": the side named first won, unless the text says that it
// lost.
void ParseEastAsianResult(std::string_view text, go::GameInfo& info) {
  const ResultWords* words = FindWords(text);
  if (words == nullptr) {
    for (const ResultWords* draw : {&kBig5Words, &kEucKrWords, &kShiftJisWords}) {
      if (FindAny(text, draw->draw) == 0) info.winner = go::Winner::kDraw;
    }
    if (HasAny(text, kUtf8Words.draw) || HasAny(text, kGb18030Words.draw)) {
      info.winner = go::Winner::kDraw;
    }
    return;
  }
  const bool black_first = FindAny(text, words->black) < FindAny(text, words->white);
  const bool lost = HasAny(text, words->lost) && !HasAny(text, words->won);
  info.winner = black_first != lost ? go::Winner::kBlack : go::Winner::kWhite;
  if (HasAny(text, words->resigned)) {
    info.by_resignation = true;
  } else {
    info.margin_half_points = ParseMargin(text);
  }
}

// First of the digits or numerals that stand before "dan" in Chinese, Japanese and Korean.
int ReadRankNumber(std::string_view text, size_t& at) {
  const std::string_view rest = text.substr(at);
  if (!rest.empty() && IsDigit(rest[0])) return ReadDigits(text, at);
  for (const auto& numerals : kNumerals) {
    for (int i = 0; i < 9; ++i) {
      if (!rest.starts_with(numerals[i])) continue;
      at += numerals[i].size();
      return i + 1;
    }
  }
  for (std::string_view first : {"初", "초", "\xb3\xf5", "\x8f\x89"}) {
    if (!rest.starts_with(first)) continue;
    at += first.size();
    return 1;
  }
  return 0;
}

// "受三子": the numeral right before the word for stones; 0 for none.
uint8_t NumeralBeforeZi(std::string_view text) {
  const size_t zi = FindAny(text, "子 \xd7\xd3");
  if (zi == std::string_view::npos) return 0;
  for (const auto& numerals : kNumerals) {
    for (uint8_t i = 0; i < 9; ++i) {
      if (text.substr(0, zi).ends_with(numerals[i])) return i + 1;
    }
  }
  return 0;
}

// The one or two digits of a month or a day; 0 when something else stands there. Apart from the
// number before it, it stands behind a sign or a short word ("年").
int ReadDatePart(std::string_view text, size_t& at, bool together) {
  constexpr size_t kMaxJointBytes = 3;
  const size_t from = at;
  if (!together) {
    while (at < text.size() && at - from < kMaxJointBytes && !IsDigit(text[at])) ++at;
    if (at == from || text[from] == ',') return 0;
  }
  if (at == text.size() || !IsDigit(text[at])) return 0;
  int value = text[at++] - '0';
  if (at < text.size() && IsDigit(text[at])) value = value * 10 + (text[at++] - '0');
  // Of a date without a day, the clock's hour would be taken for one.
  return at < text.size() && text[at] == ':' ? 0 : value;
}

}  // namespace

Reason ParseBoardSize(std::string_view text, uint8_t& size) {
  text = Strip(text);
  if (text.empty()) return Reason::kNone;
  size_t at = 0;
  const int columns = ReadDigits(text, at);
  if (at == 0) return Reason::kBadBoardSize;
  if (at < text.size() && (text[at] == ':' || text[at] == 'x')) {
    const size_t second = ++at;
    const int rows = ReadDigits(text, at);
    if (at == second) return Reason::kBadBoardSize;
    if (rows != columns) return Reason::kBoardNotSquare;
  }
  if (at != text.size() || columns < go::kMinBoardSize || columns > go::kMaxBoardSize) {
    return Reason::kBadBoardSize;
  }
  size = static_cast<uint8_t>(columns);
  return Reason::kNone;
}

bool IsGo(std::string_view text) {
  text = Strip(text);
  size_t at = 0;
  const int game = ReadDigits(text, at);
  return at == 0 || game == 1;
}

int16_t ParseKomi(std::string_view text) {
  const std::optional<Amount> amount = ParseAmount(text);
  if (!amount) return 0;
  int hundredths = amount->hundredths;
  if (!amount->fraction && std::abs(hundredths) >= 100 * 100) hundredths /= 100;
  return HalfPoints(hundredths, SaysZi(text));
}

void ParseResult(std::string_view text, go::GameInfo& info) {
  text = Strip(text);
  if (text.empty()) return;
  if (static_cast<unsigned char>(text[0]) >= 0x80) return ParseEastAsianResult(text, info);
  size_t word_end = 0;
  while (word_end < text.size() && IsLetter(text[word_end])) ++word_end;
  const std::string_view word = text.substr(0, word_end);
  std::string_view how = Strip(text.substr(word_end));
  if (IsWord(word, "b black")) {
    info.winner = go::Winner::kBlack;
  } else if (IsWord(word, "w white")) {
    info.winner = go::Winner::kWhite;
  } else {
    const bool zero = word.empty() && text.find_first_not_of("0.") == std::string_view::npos;
    if (zero || IsWord(word, "d draw jigo tie")) {
      info.winner = go::Winner::kDraw;
    }
    return;
  }
  if (!how.empty() && how[0] == '+') how = Strip(how.substr(1));
  if (StartsWithIgnoringCase(how, "r") || HasAny(how, "resign")) {
    info.by_resignation = true;
  } else {
    info.margin_half_points = ParseMargin(how);
  }
}

go::Ruleset ParseRuleset(std::string_view text) {
  struct Known {
    std::string_view start;
    go::Ruleset ruleset;
  };
  static constexpr Known kKnown[] = {{"jap", go::Ruleset::kJapanese},
                                     {"日", go::Ruleset::kJapanese},
                                     {"\xc8\xd5", go::Ruleset::kJapanese},
                                     {"chi", go::Ruleset::kChinese},
                                     {"中", go::Ruleset::kChinese},
                                     {"\xd6\xd0", go::Ruleset::kChinese},
                                     {"kor", go::Ruleset::kKorean},
                                     {"韩", go::Ruleset::kKorean},
                                     {"韓", go::Ruleset::kKorean},
                                     {"한", go::Ruleset::kKorean},
                                     {"\xba\xab", go::Ruleset::kKorean},
                                     {"aga", go::Ruleset::kAga},
                                     {"nz", go::Ruleset::kNewZealand},
                                     {"new zealand", go::Ruleset::kNewZealand},
                                     {"tromp", go::Ruleset::kTrompTaylor},
                                     {"ing", go::Ruleset::kIng},
                                     {"goe", go::Ruleset::kIng}};
  text = Strip(text);
  if (text.empty()) return go::Ruleset::kUnknown;
  for (const Known& known : kKnown) {
    if (StartsWithIgnoringCase(text, known.start)) return known.ruleset;
  }
  return go::Ruleset::kOther;
}

int8_t ParseRank(std::string_view text) {
  text = Strip(text);
  size_t at = 0;
  bool professional = false;
  if (!text.empty() && (text[0] == 'P' || text[0] == 'p')) {
    professional = true;
    at = StartsWithIgnoringCase(text, "pro") ? 3 : 1;
    while (at < text.size() && IsSpace(text[at])) ++at;
  }
  const int number = ReadRankNumber(text, at);
  const std::string_view rest = Strip(text.substr(at));
  const char first = rest.empty() ? 0 : Lower(rest[0]);
  const bool kyu = first == 'k' || (static_cast<unsigned char>(first) >= 0x80 &&
                                    HasAny(rest, "级 級 급 \xbc\xb6 \xaf\xc5 \xb1\xde \x8b\x89"));
  if (kyu) {
    return number >= 1 && number <= 30 ? static_cast<int8_t>(-number) : 0;
  }
  if (number < 1 || number > 9) return 0;
  if (StartsWithIgnoringCase(rest, "p") || HasAny(rest, "pro")) professional = true;
  return static_cast<int8_t>(professional ? 10 + number : number);
}

uint8_t ParseHandicap(std::string_view text) {
  const std::optional<Amount> amount = ParseAmount(text);
  if (!amount) return NumeralBeforeZi(text);
  if (amount->fraction) return 0;
  const int stones = amount->hundredths / 100;
  return stones >= 0 && stones < 100 ? static_cast<uint8_t>(stones) : 0;
}

uint16_t ParseYear(std::string_view text) { return ParseDate(text).year; }

Date ParseDate(std::string_view text) {
  size_t at = 0;
  size_t begin = 0;
  do {  // the first run of four or more digits
    begin = text.find_first_of("0123456789", at);
    if (begin == std::string_view::npos) return {};
    at = begin;
    while (at < text.size() && IsDigit(text[at])) ++at;
  } while (at - begin < 4);
  size_t zero = 0;
  const int year = ReadDigits(text.substr(begin, 4), zero);
  if (year < 1000 || year >= 3000) return {};
  Date date{.year = static_cast<uint16_t>(year)};
  const size_t together = at - begin - 4;  // digits right behind the year
  if (together != 0 && together != 2 && together != 4) return date;
  size_t next = begin + 4;
  const int month = ReadDatePart(text, next, together != 0);
  if (month < 1 || month > 12) return date;
  date.month = static_cast<uint8_t>(month);
  if (together == 2) return date;
  const int day = ReadDatePart(text, next, together != 0);
  if (day >= 1 && day <= 31) date.day = static_cast<uint8_t>(day);
  return date;
}

}  // namespace moyo::sgf
