#include "common/base/filter_flags.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace moyo {
namespace {

constexpr uint32_t kMaxCount = 100'000;
constexpr size_t kMaxNames = 100;
constexpr int kMaxHalfPoints = 2 * 25 * 25;
constexpr std::string_view kRulesets[] = {"japanese",     "chinese", "korean", "aga",    "nz",
                                          "tromp-taylor", "ing",     "other",  "unknown"};

// Digits only; nullopt beyond `most`.
std::optional<uint32_t> Digits(std::string_view text, uint32_t most) {
  uint32_t value = 0;
  const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
  if (!digits || !absl::SimpleAtoi(std::string(text), &value) || value > most) return std::nullopt;
  return value;
}

std::vector<std::string> Parts(std::string_view text, char between) {
  return absl::StrSplit(std::string(text), between);
}

// YYYY, YYYY-MM or YYYY-MM-DD; what is left out is `month` and `day`.
std::optional<uint32_t> DayNumber(std::string_view text, uint32_t month, uint32_t day) {
  const std::vector<std::string> parts = Parts(text, '-');
  if (parts.size() > 3 || parts[0].size() != 4) return std::nullopt;
  const std::optional<uint32_t> year = Digits(parts[0], 2999);
  const std::optional<uint32_t> months = parts.size() > 1 ? Digits(parts[1], 12) : month;
  const std::optional<uint32_t> days = parts.size() > 2 ? Digits(parts[2], 31) : day;
  if (!year || !months || !days || *year < 1000 || *months == 0 || *days == 0) return std::nullopt;
  return *year * 10000 + *months * 100 + *days;
}

std::vector<std::string> Split(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), absl::ascii_iscntrl)) return {};
  std::vector<std::string> words = Parts(text, ',');
  for (std::string& word : words) {
    absl::StripAsciiWhitespace(&word);
    if (word.empty()) return {};
  }
  return words.size() <= kMaxNames ? words : std::vector<std::string>();
}

bool IsCount(std::string_view text) { return CountOfFlag(text).has_value(); }
bool IsRank(std::string_view text) { return RankOfFlag(text).has_value(); }
bool IsPoints(std::string_view text) { return HalfPointsOfFlag(text).has_value(); }
bool IsDate(std::string_view text) { return FirstDayOfFlag(text).has_value(); }
bool AreNames(std::string_view text) { return !NamesOfFlag(text).empty(); }
bool AreRulesets(std::string_view text) { return !RulesetsOfFlag(text).empty(); }
bool IsKnown(std::string_view text) { return text == "known"; }

constexpr FilterFlag kFlags[] = {
    {"filter-min-moves", "N", "leave out shorter games", IsCount},
    {"filter-min-rank", "RANK", "both players at least 5k, 1d, 3p ...", IsRank},
    {"filter-max-rank", "RANK", "both players at most", IsRank},
    {"filter-player", "NAME,...", "one of these in a player's name", AreNames},
    {"filter-from", "DATE", "played in or after 2015, 2015-06, 2015-06-30", IsDate},
    {"filter-to", "DATE", "played in or before", IsDate},
    {"filter-min-komi", "POINTS", "komi at least", IsPoints},
    {"filter-max-komi", "POINTS", "komi at most", IsPoints},
    {"filter-min-handicap", "N", "at least so many handicap stones", IsCount},
    {"filter-max-handicap", "N", "at most; 0: even games", IsCount},
    {"filter-result", "known", "leave out games of unknown result", IsKnown},
    {"filter-ruleset", "NAME,...",
     "of japanese chinese korean aga nz tromp-taylor ing other unknown", AreRulesets}};

// Whether both flags are there and the first means more than the second.
template <typename Number>
bool IsAbove(const FilterTexts& filters, const char* least, const char* most,
             std::optional<Number> (*least_of)(std::string_view),
             std::optional<Number> (*most_of)(std::string_view)) {
  const auto low = filters.find(least), high = filters.find(most);
  if (low == filters.end() || high == filters.end()) return false;
  return least_of(low->second) > most_of(high->second);
}

}  // namespace

absl::Span<const FilterFlag> FilterFlags() { return kFlags; }

std::string FilterRefusal(const FilterFlag& flag, std::string_view text) {
  return absl::StrCat("'", std::string(text), "' is no ", flag.value, ": ", flag.about);
}

std::string FilterContradiction(const FilterTexts& filters) {
  const char* what = nullptr;
  if (IsAbove(filters, "filter-min-rank", "filter-max-rank", RankOfFlag, RankOfFlag)) {
    what = "--filter-min-rank is above --filter-max-rank";
  } else if (IsAbove(filters, "filter-from", "filter-to", FirstDayOfFlag, LastDayOfFlag)) {
    what = "--filter-from is after --filter-to";
  } else if (IsAbove(filters, "filter-min-komi", "filter-max-komi", HalfPointsOfFlag,
                     HalfPointsOfFlag)) {
    what = "--filter-min-komi is above --filter-max-komi";
  } else if (IsAbove(filters, "filter-min-handicap", "filter-max-handicap", CountOfFlag,
                     CountOfFlag)) {
    what = "--filter-min-handicap is above --filter-max-handicap";
  }
  return what == nullptr ? "" : absl::StrCat(what, ": no game could pass");
}

std::optional<uint32_t> CountOfFlag(std::string_view text) { return Digits(text, kMaxCount); }

std::optional<int> RankOfFlag(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const char kind = absl::ascii_tolower(text.back());
  const std::optional<uint32_t> number = Digits(text.substr(0, text.size() - 1), 30);
  if (!number || *number == 0) return std::nullopt;
  const int value = static_cast<int>(*number);
  if (kind == 'k') return -value;
  if (value > 9 || (kind != 'd' && kind != 'p')) return std::nullopt;
  return kind == 'p' ? 10 + value : value;
}

std::optional<int> HalfPointsOfFlag(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  const std::vector<std::string> parts = Parts(text, '.');
  const std::optional<uint32_t> whole = Digits(parts[0], kMaxHalfPoints / 2);
  if (!whole || parts.size() > 2) return std::nullopt;
  int half_points = static_cast<int>(*whole) * 2;
  if (parts.size() == 2) {
    if (parts[1] != "5" && parts[1] != "0") return std::nullopt;
    if (parts[1] == "5") ++half_points;
  }
  return negative ? -half_points : half_points;
}

std::optional<uint32_t> FirstDayOfFlag(std::string_view text) { return DayNumber(text, 1, 1); }
std::optional<uint32_t> LastDayOfFlag(std::string_view text) { return DayNumber(text, 12, 31); }

std::vector<std::string> NamesOfFlag(std::string_view text) { return Split(text); }

std::vector<std::string> RulesetsOfFlag(std::string_view text) {
  std::vector<std::string> words = Split(text);
  for (std::string& word : words) {
    absl::AsciiStrToLower(&word);
    if (word == "new-zealand") word = "nz";  // as `moyo survey` spells it
    if (std::count(std::begin(kRulesets), std::end(kRulesets), word) == 0) return {};
  }
  return words;
}

}  // namespace moyo
