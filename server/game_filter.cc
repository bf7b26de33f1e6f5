#include "server/game_filter.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/filter_flags.h"
#include "common/base/status_macros.h"

namespace moyo::server {
namespace {

using Flags = FilterTexts;

// One setting, so that it is stored whole: a line "flag text" each, or kNone.
constexpr char kSetting[] = "option filters";
constexpr char kNone[] = "none";

template <typename T, typename Set>
bool Take(const std::optional<T>& value, Set set) {
  if (value) set(*value);
  return value.has_value();
}

template <typename Add>
bool TakeAll(const std::vector<std::string>& words, Add add) {
  for (const std::string& word : words) add(word);
  return !words.empty();
}

bool Set(const std::string& flag, const std::string& text, v1::GameFilter& filter) {
  if (flag == "filter-min-moves") {
    return Take(CountOfFlag(text), [&](uint32_t n) { filter.set_min_moves(n); });
  }
  if (flag == "filter-min-rank") {
    return Take(RankOfFlag(text), [&](int rank) { filter.set_min_rank(rank); });
  }
  if (flag == "filter-max-rank") {
    return Take(RankOfFlag(text), [&](int rank) { filter.set_max_rank(rank); });
  }
  if (flag == "filter-player") {
    return TakeAll(NamesOfFlag(text), [&](const std::string& name) { filter.add_players(name); });
  }
  if (flag == "filter-from") {
    return Take(FirstDayOfFlag(text), [&](uint32_t day) { filter.set_first_date(day); });
  }
  if (flag == "filter-to") {
    return Take(LastDayOfFlag(text), [&](uint32_t day) { filter.set_last_date(day); });
  }
  if (flag == "filter-min-komi") {
    return Take(HalfPointsOfFlag(text), [&](int n) { filter.set_min_komi_half_points(n); });
  }
  if (flag == "filter-max-komi") {
    return Take(HalfPointsOfFlag(text), [&](int n) { filter.set_max_komi_half_points(n); });
  }
  if (flag == "filter-min-handicap") {
    return Take(CountOfFlag(text), [&](uint32_t n) { filter.set_min_handicap(n); });
  }
  if (flag == "filter-max-handicap") {
    return Take(CountOfFlag(text), [&](uint32_t n) { filter.set_max_handicap(n); });
  }
  if (flag == "filter-result" && text == "known") {
    filter.set_result_known(true);
    return true;
  }
  if (flag == "filter-ruleset") {
    return TakeAll(RulesetsOfFlag(text),
                   [&](const std::string& word) { filter.add_rulesets(word); });
  }
  return false;
}

absl::StatusOr<v1::GameFilter> FilterOf(const Flags& flags) {
  v1::GameFilter filter;
  for (const auto& [flag, text] : flags) MOYO_RETURN_IF_ERROR(SetFilter(flag, text, filter));
  return filter;
}

std::string ToSetting(const Flags& flags) {
  return flags.empty() ? kNone : absl::StrJoin(flags, "\n", absl::PairFormatter(" "));
}

Flags FromSetting(const std::string& setting) {
  Flags flags;
  if (setting == kNone) return flags;
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(setting, '\n'))) {
    const std::pair<std::string, std::string> flag = absl::StrSplit(line, absl::MaxSplits(' ', 1));
    flags.insert(flag);
  }
  return flags;
}

}  // namespace

absl::Status SetFilter(const std::string& flag, const std::string& text, v1::GameFilter& filter) {
  if (Set(flag, text, filter)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, " '", text, "' is not understood; see --help"));
}

absl::StatusOr<v1::GameFilter> SettleFilter(store::Store& store, const ServerOptions& options) {
  MOYO_ASSIGN_OR_RETURN(v1::GameFilter given, FilterOf(options.filters));
  MOYO_ASSIGN_OR_RETURN(const std::string setting, store.GetMeta(kSetting));
  if (setting.empty()) {
    MOYO_RETURN_IF_ERROR(store.SetMeta(kSetting, ToSetting(options.filters)));
    return given;
  }
  const Flags standing = FromSetting(setting);
  for (const auto& [flag, text] : options.filters) {
    const auto stands = standing.find(flag);
    if (stands != standing.end() && stands->second == text) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "this run directory was begun with",
        stands == standing.end() ? absl::StrCat("out --", flag)
                                 : absl::StrCat(" --", flag, " ", stands->second, ", not ", text),
        "; leave the flag out or use a new --run-dir"));
  }
  return FilterOf(standing);
}

}  // namespace moyo::server
