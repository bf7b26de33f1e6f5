// Scaling of the loss for half floats (fp16), whose small gradients would vanish: the loss is
// multiplied before the backward pass, and the gradients divided after it. For trainer/ only:
// includes Torch.
//
// Source: Micikevicius et al. 2018, "Mixed Precision Training", section 3.2: twice the scale after
// so many good steps in a row, half of it when a gradient overflows, which costs that step.
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace moyo::trainer {

class LossScaler {
 public:
  static constexpr int64_t kGrowthInterval = 2000;          // good steps
  static constexpr double kLargest = 16777216, kLeast = 1;  // 2^24

  // Off: the scale is 1, and no step is skipped.
  LossScaler(bool on, double first_scale) : on_(on), scale_(on ? first_scale : 1) {}

  double scale() const { return scale_; }
  int64_t skipped() const { return skipped_; }  // steps, over all restarts

  enum class Verdict : uint8_t {
    kTake,
    kSkip,     // an overflow, from which the smaller scale may save the next step
    kHopeless  // no scale saves this
  };
  // What to do with the gradients of a step, and the scale of the next one.
  Verdict Judge(bool gradients_are_finite);

  void Save(torch::serialize::OutputArchive& archive) const;
  // Keeps what it has when the archive knows of no scale. Throws Torch's exceptions.
  void Load(torch::serialize::InputArchive& archive);

 private:
  const bool on_;
  double scale_;
  int64_t good_ = 0;  // steps since the scale changed
  int64_t skipped_ = 0;
};

}  // namespace moyo::trainer
