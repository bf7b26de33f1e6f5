// A game as the page's JSON.
//
//   {"komi": 6.5, "handicap": 0, "ruleset": 0, "setup": ["bdd", "wpp"], "moves": ["bpd", "w"],
//    "result": "B+R"}
//
// A stone is its colour's letter (b, w; e clears a setup point) and its point as in SGF; a letter
// alone is a pass. `ruleset` is go::Ruleset's number. All but `moves` may be left out.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "common/go/types.h"

namespace moyo::play {

inline constexpr double kMaxKomi = 361;

// INVALID_ARGUMENT names the field that is missing, of another type or out of range.
absl::StatusOr<go::GameRecord> GameOfJson(const nlohmann::json& json);
nlohmann::ordered_json JsonOfGame(const go::GameRecord& game);

std::string PointText(go::Point point);  // "pd"; "" for a pass
char ColorLetter(go::Color color);       // b, w, e

}  // namespace moyo::play
