// The learning rate over the run.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "trainer/train/options.h"

namespace moyo::trainer {

// `progress` from 0 (start) to 1 (end): linear warm-up, then constant, half a cosine down to 0
// (Loshchilov and Hutter 2017, without restarts), or a fall by decay_factor at each of decay_at.
inline double LearningRateAt(const TrainingOptions& options, double progress) {
  progress = std::clamp(progress, 0.0, 1.0);
  if (progress < options.warmup) {
    return options.learning_rate * std::max(progress, 1e-3 * options.warmup) / options.warmup;
  }
  if (options.schedule == ScheduleKind::kConstant) return options.learning_rate;
  if (options.schedule == ScheduleKind::kStep) {
    const auto falls = std::count_if(options.decay_at.begin(), options.decay_at.end(),
                                     [progress](double at) { return progress >= at; });
    return options.learning_rate * std::pow(options.decay_factor, falls);
  }
  const double rest = (progress - options.warmup) / (1 - options.warmup);
  return options.learning_rate * 0.5 * (1 + std::cos(std::numbers::pi * rest));
}

}  // namespace moyo::trainer
