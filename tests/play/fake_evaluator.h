// A network whose answers a test writes down.
#pragma once

#include <string_view>
#include <vector>

#include "common/go/vertex.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

// Gives every position the same answer: the set probabilities, the rest spread evenly. Remembers
// what it was asked.
class FakeEvaluator : public evaluation::Evaluator {
 public:
  FakeEvaluator() { answer.policy.fill(0.5f / features::kPolicySize); }

  absl::StatusOr<std::vector<evaluation::Evaluation>> Evaluate(
      std::span<const features::BitPlanes> positions) override {
    if (!failure.ok()) return failure;
    batch_sizes.push_back(positions.size());
    last = positions.back();
    return std::vector<evaluation::Evaluation>(positions.size(), answer);
  }

  void Prefer(std::string_view vertex, float probability) {
    answer.policy[features::PolicyIndex(*go::ParseVertex(vertex, 19))] = probability;
  }

  evaluation::Evaluation answer;
  absl::Status failure;
  std::vector<size_t> batch_sizes;
  features::BitPlanes last;
};

}  // namespace moyo::play
