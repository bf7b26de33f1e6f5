#include "trainer/train/loss_scaler.h"

#include <algorithm>

namespace moyo::trainer {

LossScaler::Verdict LossScaler::Judge(bool gradients_are_finite) {
  if (gradients_are_finite) {
    if (on_ && ++good_ >= kGrowthInterval) {
      scale_ = std::min(kLargest, 2 * scale_);
      good_ = 0;
    }
    return Verdict::kTake;
  }
  if (scale_ <= kLeast) return Verdict::kHopeless;
  scale_ = std::max(kLeast, scale_ / 2);
  good_ = 0;
  ++skipped_;
  return Verdict::kSkip;
}

void LossScaler::Save(torch::serialize::OutputArchive& archive) const {
  if (!on_) return;
  archive.write("loss_scale", c10::IValue(scale_));
  archive.write("loss_scale_good_steps", c10::IValue(good_));
  archive.write("loss_scale_skipped_steps", c10::IValue(skipped_));
}

void LossScaler::Load(torch::serialize::InputArchive& archive) {
  c10::IValue scale, good, skipped;
  if (!on_ || !archive.try_read("loss_scale", scale)) return;
  archive.read("loss_scale_good_steps", good);
  archive.read("loss_scale_skipped_steps", skipped);
  scale_ = scale.toDouble();
  good_ = good.toInt();
  skipped_ = skipped.toInt();
}

}  // namespace moyo::trainer
