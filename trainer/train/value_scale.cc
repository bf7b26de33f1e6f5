#include "trainer/train/value_scale.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace moyo::trainer {
namespace {

// bfloat16 rounds what is close to 1 to 1, whose atanh is infinite.
constexpr double kLargestValue = 0.998;
constexpr int kStepsPerDoubling = 16;
constexpr int kSmallest = -7 * kStepsPerDoubling;
constexpr int kLargest = 2 * kStepsPerDoubling;

}  // namespace

double FitValueScale(std::span<const float> values, std::span<const float> results) {
  struct Sample {
    double logit;
    double result;
  };
  std::vector<Sample> known;
  for (size_t i = 0; i < values.size(); ++i) {
    if (results[i] == 0 || !std::isfinite(values[i])) continue;
    const double bounded = std::clamp<double>(values[i], -kLargestValue, kLargestValue);
    known.push_back({std::atanh(bounded), results[i]});
  }
  if (known.size() < kMinScaledResults) return 1;
  double best = 1, least = std::numeric_limits<double>::infinity();
  for (int step = kSmallest; step <= kLargest; ++step) {
    const double scale = std::exp2(static_cast<double>(step) / kStepsPerDoubling);
    double error = 0;
    for (const Sample& sample : known) {
      const double off = std::tanh(scale * sample.logit) - sample.result;
      error += off * off;
    }
    if (error < least) {
      least = error;
      best = scale;
    }
  }
  return best;
}

}  // namespace moyo::trainer
