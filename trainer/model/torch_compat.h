// The few names that differ between LibTorch 1.13 and 2.x.
#pragma once

#include <ATen/autocast_mode.h>
#include <torch/types.h>
#include <torch/version.h>

#include <optional>

namespace moyo::trainer {

// A tensor that need not be there, as torch::autograd::Function takes it.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
using OptionalTensor = std::optional<at::Tensor>;
#else
using OptionalTensor = c10::optional<at::Tensor>;
#endif

// Autocast to a type for the scope, or nothing.
class Autocast {
 public:
  explicit Autocast(std::optional<at::ScalarType> type) : type_(type) {
    if (type_) Set(true);
  }
  ~Autocast() {
    if (!type_) return;
    at::autocast::clear_cache();
    Set(false);
  }
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  void Set(bool on) const {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    for (const at::DeviceType device : {at::kCPU, at::kCUDA}) {
      at::autocast::set_autocast_dtype(device, *type_);
      at::autocast::set_autocast_enabled(device, on);
    }
#else
    at::autocast::set_autocast_cpu_dtype(*type_);
    at::autocast::set_cpu_enabled(on);
    at::autocast::set_autocast_gpu_dtype(*type_);
    at::autocast::set_enabled(on);
#endif
  }

  const std::optional<at::ScalarType> type_;
};

}  // namespace moyo::trainer
