// A game as the page's JSON, and the parts of a request, each held to a range.
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
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/go/types.h"

namespace moyo::play {

inline constexpr double kMaxKomi = 361;

// INVALID_ARGUMENT names the field that is missing, of another type or out of range.
absl::StatusOr<go::GameRecord> GameOfJson(const nlohmann::json& json);
nlohmann::ordered_json JsonOfGame(const go::GameRecord& game);

std::string PointText(go::Point point);  // "pd"; "" for a pass
char ColorLetter(go::Color color);       // b, w, e

// The body as an object. INVALID_ARGUMENT: it is none.
absl::StatusOr<nlohmann::json> ParseRequest(std::string_view body);

// A number of a request; `fallback` where it is missing. INVALID_ARGUMENT out of low..high.
struct NumberField {
  const char* name;
  double low;
  double high;
  double fallback;
};
absl::StatusOr<double> Number(const nlohmann::json& object, const NumberField& field);
// The same for whole numbers.
absl::StatusOr<int> Integer(const nlohmann::json& object, const NumberField& field);
// INVALID_ARGUMENT unless it is missing or true or false.
absl::StatusOr<bool> Flag(const nlohmann::json& object, const char* name, bool fallback);
// INVALID_ARGUMENT unless it is missing or text of at most `max_bytes`.
absl::StatusOr<std::string> Text(const nlohmann::json& object, const char* name, size_t max_bytes);

}  // namespace moyo::play
