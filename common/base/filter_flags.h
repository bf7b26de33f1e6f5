// The flags that leave games out of a dataset, known to `moyo run` and `moyo-server` alike, and
// what their text means.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

namespace moyo {

struct FilterFlag {
  const char* name;   // "filter-min-rank"
  const char* value;  // what it takes: "RANK"
  const char* about;
  bool (*is_valid)(std::string_view text);
};

// In the order of the help.
absl::Span<const FilterFlag> FilterFlags();
// "'5x' is no RANK: both players at least 5k, 1d, 3p ..."
std::string FilterRefusal(const FilterFlag& flag, std::string_view text);

// By name, as typed; valid ones.
using FilterTexts = std::map<std::string, std::string>;
// "--filter-min-rank is above --filter-max-rank: no game could pass"; empty when some game could.
std::string FilterContradiction(const FilterTexts& filters);

// Each is nullopt, or empty, for text that says nothing of the kind.
std::optional<uint32_t> CountOfFlag(std::string_view text);     // "50"
std::optional<int> RankOfFlag(std::string_view text);           // "5k" -5, "1d" 1, "9p" 19
std::optional<int> HalfPointsOfFlag(std::string_view text);     // "-6.5" -13
std::optional<uint32_t> FirstDayOfFlag(std::string_view text);  // "2016" 20160101, "2016-07-31"
std::optional<uint32_t> LastDayOfFlag(
    std::string_view text);                                   // "2016" 20161231, "2016-02" 20160231
std::vector<std::string> NamesOfFlag(std::string_view text);  // "Lee Sedol, 이세돌"; at most 100
// Of japanese chinese korean aga nz tromp-taylor ing other unknown.
std::vector<std::string> RulesetsOfFlag(std::string_view text);

}  // namespace moyo
