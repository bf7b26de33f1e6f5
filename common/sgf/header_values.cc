#include "common/sgf/header_values.h"

#include <algorithm>
#include <cstdlib>
#include <initializer_list>

namespace moyo::sgf {
namespace {

// A number in text, in hundredths.
struct Amount {
  int hundredths = 0;
  bool fraction = false;  // it was written with one
};

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

bool IsWord(std::string_view text, std::initializer_list<std::string_view> lower_words) {
  for (std::string_view word : lower_words) {
    if (text.size() == word.size() && StartsWithIgnoringCase(text, word)) return true;
  }
  return false;
}

bool HasAny(std::string_view text, std::initializer_list<std::string_view> words) {
  for (std::string_view word : words) {
    if (text.find(word) != std::string_view::npos) return true;
  }
  return false;
}

// Position of the earliest of `words`; npos when none is there.
size_t FindAny(std::string_view text, std::initializer_list<std::string_view> words) {
  size_t first = std::string_view::npos;
  for (std::string_view word : words) first = std::min(first, text.find(word));
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

// Words for "and a half" and for the Chinese unit, UTF-8 and GB18030.
bool SaysHalf(std::string_view text) { return HasAny(text, {"半", "반", "\xb0\xeb"}); }
bool SaysZi(std::string_view text) { return HasAny(text, {"子", "zi", "\xd7\xd3"}); }

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

// "黑中盘胜", "白2目半勝ち", "흑 불계승": the side named first won, unless the text says that it
// lost.
void ParseEastAsianResult(std::string_view text, go::GameInfo& info) {
  const size_t black = FindAny(text, {"黑", "黒", "흑", "\xba\xda"});
  const size_t white = FindAny(text, {"白", "백", "\xb0\xd7"});
  if (black == white) {  // neither
    if (HasAny(text, {"和", "持碁", "무승부", "빅", "\xba\xcd"})) info.winner = go::Winner::kDraw;
    return;
  }
  // Not asked of UTF-8 text, whose characters may hold these two bytes.
  const bool gb18030 = std::min(black, white) != FindAny(text, {"黑", "黒", "흑", "白", "백"});
  const bool lost =
      (HasAny(text, {"负", "負", "败", "敗"}) || (gb18030 && HasAny(text, {"\xb8\xba"}))) &&
      !HasAny(text, {"胜", "勝", "승", "\xca\xa4"});
  info.winner = (black < white) != lost ? go::Winner::kBlack : go::Winner::kWhite;
  if (HasAny(text, {"中盘", "中盤", "中押", "불계", "\xd6\xd0\xc5\xcc"})) {
    info.by_resignation = true;
  } else {
    info.margin_half_points = ParseMargin(text);
  }
}

// First of the digits or numerals that stand before "dan" in Chinese and Japanese.
int ReadRankNumber(std::string_view text, size_t& at) {
  static constexpr std::string_view kNumerals[] = {"一", "二", "三", "四", "五",
                                                   "六", "七", "八", "九"};
  static constexpr std::string_view kGbNumerals[] = {"\xd2\xbb", "\xb6\xfe", "\xc8\xfd",
                                                     "\xcb\xc4", "\xce\xe5", "\xc1\xf9",
                                                     "\xc6\xdf", "\xb0\xcb", "\xbe\xc5"};
  const std::string_view rest = text.substr(at);
  if (!rest.empty() && IsDigit(rest[0])) return ReadDigits(text, at);
  for (int i = 0; i < 9; ++i) {
    for (std::string_view numeral : {kNumerals[i], kGbNumerals[i]}) {
      if (!rest.starts_with(numeral)) continue;
      at += numeral.size();
      return i + 1;
    }
  }
  for (std::string_view first : {std::string_view("初"), std::string_view("\xb3\xf5")}) {
    if (!rest.starts_with(first)) continue;
    at += first.size();
    return 1;
  }
  return 0;
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
  if (IsWord(word, {"b", "black"})) {
    info.winner = go::Winner::kBlack;
  } else if (IsWord(word, {"w", "white"})) {
    info.winner = go::Winner::kWhite;
  } else {
    const bool zero = word.empty() && text.find_first_not_of("0.") == std::string_view::npos;
    if (zero || IsWord(word, {"d", "draw", "jigo", "tie"})) {
      info.winner = go::Winner::kDraw;
    }
    return;
  }
  if (!how.empty() && how[0] == '+') how = Strip(how.substr(1));
  if (StartsWithIgnoringCase(how, "r") || HasAny(how, {"resign"})) {
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
    at = 1;
  }
  const int number = ReadRankNumber(text, at);
  const std::string_view rest = Strip(text.substr(at));
  if (StartsWithIgnoringCase(rest, "k") || HasAny(rest, {"级", "級", "급", "\xbc\xb6"})) {
    return number >= 1 && number <= 30 ? static_cast<int8_t>(-number) : 0;
  }
  if (number < 1 || number > 9) return 0;
  if (StartsWithIgnoringCase(rest, "p") || HasAny(rest, {"pro"})) professional = true;
  return static_cast<int8_t>(professional ? 10 + number : number);
}

uint8_t ParseHandicap(std::string_view text) {
  const std::optional<Amount> amount = ParseAmount(text);
  if (!amount || amount->fraction) return 0;
  const int stones = amount->hundredths / 100;
  return stones >= 0 && stones < 100 ? static_cast<uint8_t>(stones) : 0;
}

uint16_t ParseYear(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (!IsDigit(text[at])) {
      ++at;
      continue;
    }
    const size_t begin = at;
    while (at < text.size() && IsDigit(text[at])) ++at;
    if (at - begin < 4) continue;
    size_t zero = 0;
    const int year = ReadDigits(text.substr(begin, 4), zero);
    return year >= 1000 && year < 3000 ? static_cast<uint16_t>(year) : 0;
  }
  return 0;
}

}  // namespace moyo::sgf
