// What a network computes in, by precision and device. For trainer/ only: includes Torch.
#pragma once

#include <torch/torch.h>

#include <optional>

#include "trainer/model/processor.h"
#include "trainer/train/options.h"

namespace moyo::trainer {

inline Precision FastestPrecision(torch::Device device) {
  return !device.is_cpu() || HasBf16() ? Precision::kBf16 : Precision::kFp32;
}

// For Autocast; nothing: float. A CPU has no convolutions of half floats, so float stands in.
inline std::optional<torch::ScalarType> AutocastType(Precision precision, torch::Device device) {
  if (precision == Precision::kBf16) return torch::kBFloat16;
  if (precision == Precision::kFp16 && !device.is_cpu()) return torch::kHalf;
  return std::nullopt;
}

}  // namespace moyo::trainer
