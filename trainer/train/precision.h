// What a network computes in, by precision and device. For trainer/ only: includes Torch.
#pragma once

#include <torch/torch.h>

#include <optional>

#include "trainer/model/processor.h"
#include "trainer/train/options.h"

namespace moyo::trainer {

// bfloat16 wherever the processor has products of it: elsewhere it is converted back and forth.
inline Precision FastestPrecision(torch::Device device) {
  const bool has_bf16 = !device.is_cpu() || HasAvx512Bf16() || HasAmxBf16();
  return has_bf16 ? Precision::kBf16 : Precision::kFp32;
}

// As the command line has it.
inline const char* PrecisionName(Precision precision) {
  switch (precision) {
    case Precision::kBf16:
      return "bf16";
    case Precision::kFp32:
      return "fp32";
    case Precision::kFp16:
      return "fp16";
    case Precision::kAuto:
      break;
  }
  return "auto";
}

// For Autocast; nothing: float. A CPU has no convolutions of half floats, so float stands in.
inline std::optional<torch::ScalarType> AutocastType(Precision precision, torch::Device device) {
  if (precision == Precision::kBf16) return torch::kBFloat16;
  if (precision == Precision::kFp16 && !device.is_cpu()) return torch::kHalf;
  return std::nullopt;
}

}  // namespace moyo::trainer
