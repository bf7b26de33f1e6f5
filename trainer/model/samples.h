// Batches in channels_last order as arrays, a sample after the other, for the kernels on a CPU.
// For trainer/ only: includes Torch.
#pragma once

#include <torch/torch.h>

#include <cstdint>

#include "trainer/model/bf16.h"

namespace moyo::trainer {

template <typename T>
T* Data(const torch::Tensor& tensor) {  // null for none
  return tensor.defined() ? static_cast<T*>(tensor.data_ptr()) : nullptr;
}

inline int64_t SampleSize(const torch::Tensor& x) { return x.size(1) * x.size(2) * x.size(3); }

// work.operator()<T>() for the type of x's numbers: float, or Bf16.
template <typename Work>
auto ForType(const torch::Tensor& x, const Work& work) {
  if (x.scalar_type() == torch::kFloat) return work.template operator()<float>();
  return work.template operator()<Bf16>();
}

}  // namespace moyo::trainer
