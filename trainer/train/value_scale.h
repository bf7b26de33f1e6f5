// How sure a network's value may be. A value head learns the results of its training games by
// heart long before it judges other games as well, so that its values are too large on those.
#pragma once

#include <span>

namespace moyo::trainer {

// Fewer known results than this say nothing.
inline constexpr size_t kMinScaledResults = 200;

// The factor s, 1/128 to 4 in steps of a sixteenth of a doubling, for which tanh(s * atanh(value))
// is closest to the results in the mean square: temperature scaling (Guo et al., "On Calibration of
// Modern Neural Networks", 2017) with tanh in place of softmax. 1 for too few results.
// `values` in [-1, 1]; `results` as many: -1, 1, and 0, which counts for nothing.
double FitValueScale(std::span<const float> values, std::span<const float> results);

}  // namespace moyo::trainer
