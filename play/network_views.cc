#include "play/network_views.h"

#include <algorithm>
#include <cmath>

#include "common/base/status_macros.h"

namespace moyo::play {

void DropNan(evaluation::Evaluation& evaluation) {
  for (float& probability : evaluation.policy) {
    if (!(probability >= 0)) probability = 0;
  }
}

absl::StatusOr<evaluation::Evaluation> EvaluatePosition(const GameState& state, go::Color color,
                                                        evaluation::Evaluator& evaluator) {
  const features::BitPlanes planes = state.Planes(color);
  MOYO_ASSIGN_OR_RETURN(std::vector<evaluation::Evaluation> evaluations,
                        evaluator.Evaluate({&planes, 1}));
  if (evaluations.size() != 1) return absl::InternalError("the network gave no evaluation");
  DropNan(evaluations[0]);
  return evaluations[0];
}

double WinRate(float value) {
  if (std::isnan(value)) return 0.5;
  return std::clamp((1.0 + value) / 2.0, 0.0, 1.0);
}

int Visits(const Suggestion& move) {
  return std::max(1, static_cast<int>(std::lround(kRootVisits * move.probability)));
}

absl::StatusOr<std::vector<double>> WinRatesAfter(const GameState& state, go::Color color,
                                                  std::span<const Suggestion> moves,
                                                  evaluation::Evaluator& evaluator) {
  std::vector<features::BitPlanes> after;
  for (const Suggestion& move : moves) {
    GameState next = state;
    MOYO_RETURN_IF_ERROR(next.Play({move.point, color}));
    after.push_back(next.Planes(go::Opposite(color)));
  }
  std::vector<double> rates;
  if (after.empty()) return rates;
  MOYO_ASSIGN_OR_RETURN(const std::vector<evaluation::Evaluation> views, evaluator.Evaluate(after));
  if (views.size() != moves.size()) {
    return absl::InternalError("the network gave too few evaluations");
  }
  for (const evaluation::Evaluation& view : views) rates.push_back(WinRate(-view.value));
  return rates;
}

}  // namespace moyo::play
