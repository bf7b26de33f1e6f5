// What a network says about a position, without a header of LibTorch.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "common/features/planes.h"

namespace moyo::evaluation {

struct Evaluation {
  // Probabilities that sum to 1; features::PolicyIndex says which entry is which point.
  std::array<float, features::kPolicySize> policy{};
  // -1 (lost) to 1 (won), as the side to move sees it.
  float value = 0;
};

// Not thread-safe.
class Evaluator {
 public:
  virtual ~Evaluator() = default;
  // One evaluation a position, in order. INTERNAL when the network fails.
  virtual absl::StatusOr<std::vector<Evaluation>> Evaluate(
      std::span<const features::BitPlanes> positions) = 0;
};

}  // namespace moyo::evaluation
