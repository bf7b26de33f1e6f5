// The learning rate over the run.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "trainer/train/options.h"

namespace moyo::trainer {

// `progress` from 0 (start) to 1 (end): linear warm-up, then constant, or half a cosine down to 0
// (Loshchilov and Hutter 2017, without restarts).
inline double LearningRateAt(const TrainingOptions& options, double progress) {
  progress = std::clamp(progress, 0.0, 1.0);
  if (progress < options.warmup) {
    return options.learning_rate * std::max(progress, 1e-3 * options.warmup) / options.warmup;
  }
  if (options.schedule == ScheduleKind::kConstant) return options.learning_rate;
  const double rest = (progress - options.warmup) / (1 - options.warmup);
  return options.learning_rate * 0.5 * (1 + std::cos(std::numbers::pi * rest));
}

}  // namespace moyo::trainer
