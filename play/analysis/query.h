// A query of the JSON analysis protocol: positions of one game to be looked at.
// Source: KataGo's description of its analysis engine (docs/Analysis_Engine.md); README.md in this
// folder says which fields count here.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/features/planes.h"
#include "common/go/types.h"

namespace moyo::play {

inline constexpr size_t kMaxIdBytes = 1000;

// Whose wins the answer counts.
enum class Perspective : uint8_t { kSideToMove, kBlack, kWhite };

// One of a query's turns.
struct Turn {
  size_t number = 0;  // moves played before it
  int64_t priority = 0;
};

struct AnalysisQuery {
  std::string id;
  go::GameRecord game;                     // legal from its first stone to its last move
  std::optional<go::Color> first_to_move;  // at turn 0; without it as the first move tells
  std::vector<Turn> turns;                 // ascending, each once
  bool include_policy = false;
  Perspective perspective = Perspective::kSideToMove;
  // By colour (go::Color) and policy index: moves that the answer leaves out.
  std::array<std::bitset<features::kPolicySize>, 3> left_out;
};

// Each gives INVALID_ARGUMENT for what is missing, of another type, out of range or illegal, as an
// error of its field (FieldOf in json_fields.h).
absl::StatusOr<AnalysisQuery> ParseQuery(const nlohmann::json& request);
// Of a query or an action: at most kMaxIdBytes.
absl::StatusOr<std::string> ReadId(const nlohmann::json& request);
// The turn numbers of a terminate request; nothing where it names none, which means all.
absl::StatusOr<std::optional<std::set<size_t>>> ParseTurnNumbers(const nlohmann::json& request);

}  // namespace moyo::play
