#include "trainer/train/device.h"

namespace moyo::trainer {

absl::StatusOr<torch::Device> ChooseDevice(DeviceKind kind) {
  if (kind == DeviceKind::kCpu) return torch::Device(torch::kCPU);
  if (torch::cuda::is_available()) {
    // Every step has the same shapes, so trying the algorithms pays.
    at::globalContext().setBenchmarkCuDNN(true);
    return torch::Device(torch::kCUDA, 0);
  }
  if (kind == DeviceKind::kAuto) return torch::Device(torch::kCPU);
  return absl::FailedPreconditionError(
      "--device cuda: no GPU can be used; look at nvidia-smi, use a LibTorch built for CUDA"
      " (CMAKE_PREFIX_PATH), or --device cpu");
}

}  // namespace moyo::trainer
