// One network for many threads.
#pragma once

#include <mutex>
#include <vector>

#include "play/evaluator.h"

namespace moyo::play {

// Thread-safe: one caller at a time. The evaluator must outlive it.
class SharedEvaluator final : public Evaluator {
 public:
  explicit SharedEvaluator(Evaluator& evaluator) : evaluator_(evaluator) {}
  absl::StatusOr<std::vector<Evaluation>> Evaluate(
      std::span<const features::BitPlanes> positions) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return evaluator_.Evaluate(positions);
  }

 private:
  std::mutex mutex_;
  Evaluator& evaluator_;
};

}  // namespace moyo::play
