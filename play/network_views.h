// What the network thinks of a position and of its moves, safe from what a damaged one gives.
#pragma once

#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "play/game_state.h"
#include "play/policy_player.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

// A damaged network may give NaN, which no ordering survives: such a probability becomes 0.
void DropNan(evaluation::Evaluation& evaluation);

// The position with `color` to move, without NaN among its probabilities.
absl::StatusOr<evaluation::Evaluation> EvaluatePosition(const GameState& state, go::Color color,
                                                        evaluation::Evaluator& evaluator);

// A value as a share of wins, 0 to 1, of the side whose value it is; one half for NaN.
double WinRate(float value);

// Where a search would count visits: thousandths of the policy, at least 1.
inline constexpr int kRootVisits = 1000;
int Visits(const Suggestion& move);

// The share of wins of `color` after each of its moves. One batch for the evaluator; none without
// moves. RESOURCE_EXHAUSTED for a game that is full.
absl::StatusOr<std::vector<double>> WinRatesAfter(const GameState& state, go::Color color,
                                                  std::span<const Suggestion> moves,
                                                  evaluation::Evaluator& evaluator);

}  // namespace moyo::play
