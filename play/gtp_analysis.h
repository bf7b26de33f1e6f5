// What analysis commands of GUIs answer, from one look of the network: no search, so a "visit" is a
// thousandth of the policy, and a move's winning rate is the network's view of the position after
// it.
// Sources: Leela Zero's and KataGo's descriptions of lz-analyze, kata-analyze and kata-raw-nn.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "play/game_state.h"
#include "play/policy_player.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

// How the numbers of an info line are written.
enum class AnalysisStyle : uint8_t {
  kLz,   // winrate, prior and lcb as whole ten-thousandths
  kKata  // as fractions, with utility
};

// The arguments of lz-analyze and kata-analyze: an optional colour, an optional interval, then
// names and values.
struct AnalysisRequest {
  go::Color color = go::Color::kBlack;
  size_t max_moves = 10;
  bool root_info = false;
};
// INVALID_ARGUMENT for a name that neither engine knows. What asks for more than a policy can give
// (ownership, interval) is accepted and left out; avoid and allow are refused.
absl::StatusOr<AnalysisRequest> ParseAnalysisRequest(const std::vector<std::string>& words,
                                                     go::Color to_move);

// One line "info move Q16 visits 120 winrate 5310 ... pv Q16 info move D4 ..."; empty when no move
// is left. Asks the evaluator twice: for the moves, and for the positions after them.
absl::StatusOr<std::string> AnalysisLine(const GameState& state, const AnalysisRequest& request,
                                         AnalysisStyle style, evaluation::Evaluator& evaluator);

// The network's answer on the board as symmetry `symmetry` (go/symmetry.h) turns it, turned back.
absl::StatusOr<evaluation::Evaluation> EvaluateSymmetry(const GameState& state, go::Color color,
                                                        int symmetry,
                                                        evaluation::Evaluator& evaluator);

// kata-raw-nn: "symmetry 0", winning rates, the policy as 19 lines from the top (NAN where no stone
// may be played), "policyPass".
absl::StatusOr<std::string> RawNetworkText(const GameState& state, go::Color color, int symmetry,
                                           evaluation::Evaluator& evaluator);

}  // namespace moyo::play
