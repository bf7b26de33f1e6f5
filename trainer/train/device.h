// Where a training computes. For trainer/ only: includes Torch.
#pragma once

#include <torch/torch.h>

#include "absl/status/statusor.h"
#include "trainer/train/options.h"

namespace moyo::trainer {

// FAILED_PRECONDITION: a GPU is asked for, and this LibTorch or machine has none.
absl::StatusOr<torch::Device> ChooseDevice(DeviceKind kind);

}  // namespace moyo::trainer
