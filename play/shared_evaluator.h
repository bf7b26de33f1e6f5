// One network for many threads.
#pragma once

#include <mutex>
#include <vector>

#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

// Thread-safe: one caller at a time. The evaluator must outlive it.
class SharedEvaluator final : public evaluation::Evaluator {
 public:
  explicit SharedEvaluator(evaluation::Evaluator& evaluator) : evaluator_(evaluator) {}
  absl::StatusOr<std::vector<evaluation::Evaluation>> Evaluate(
      std::span<const features::BitPlanes> positions) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return evaluator_.Evaluate(positions);
  }

 private:
  std::mutex mutex_;
  evaluation::Evaluator& evaluator_;
};

}  // namespace moyo::play
