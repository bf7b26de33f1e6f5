// An evaluator that asks another one under all eight symmetries of the board and averages.
#pragma once

#include "trainer/evaluation/evaluator.h"

namespace moyo::evaluation {

// The position as symmetry `symmetry` (go/symmetry.h) turns it.
features::BitPlanes Turned(const features::BitPlanes& planes, int symmetry);

// Means of the eight answers, turned back: of the probabilities and of the value. Eight times the
// work. The other one must outlive it.
class SymmetryAverage final : public Evaluator {
 public:
  explicit SymmetryAverage(Evaluator& evaluator) : evaluator_(evaluator) {}
  absl::StatusOr<std::vector<Evaluation>> Evaluate(
      std::span<const features::BitPlanes> positions) override;

 private:
  Evaluator& evaluator_;
};

}  // namespace moyo::evaluation
