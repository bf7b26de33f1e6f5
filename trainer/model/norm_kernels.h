// The loops of fused_norm.h over one sample at a time: `points` rows of `channels` numbers (the
// order of channels_last), float or bfloat16, with all sums in float. No Torch here.
//
// Kernels<T>() chooses by the processor, once: AVX-512, AVX2 with FMA, or what every x86-64 or
// other processor has. Per channel: `scale`, `offset`, `shift` and the like have `channels` floats.
// Thread-safe: they keep nothing.
#pragma once

#include <cstdint>
#include <string_view>

#include "trainer/model/bf16.h"

namespace moyo::trainer {

struct NormExtent {
  int64_t points;
  int64_t channels;
};

// The gradient of a normalised, rectified sample, before the rectifier's own: `dy` at each point,
// or, where that is null, of the mean and the maximum over the points.
template <typename T>
struct OutputGradient {
  const T* dy = nullptr;
  const float* of_mean = nullptr;  // divided by the points already
  const float* of_maximum = nullptr;
  const int32_t* where = nullptr;  // the maximum's point
  // Where it is not positive, the rectifier was shut; null: x * scale + offset decides.
  const T* output = nullptr;
};

// dx = by_g * g + by_x * x + constant, where g is the output's gradient through the rectifier.
struct InputGradient {
  const float* by_g;
  const float* by_x;
  const float* constant;
};

template <typename T>
struct NormKernels {
  // sums += x - shift; squares += (x - shift)^2.
  void (*sum)(NormExtent, const T* x, const float* shift, float* sums, float* squares);
  // out = x + y; the same sums, of out as it is rounded.
  void (*add_and_sum)(NormExtent, const T* x, const T* y, const float* shift, T* out, float* sums,
                      float* squares);
  // out = max(0, x * scale + offset + residual), NaN stays; residual may be null.
  void (*normalise)(NormExtent, const T* x, const T* residual, const float* scale,
                    const float* offset, T* out);
  // The mean and the maximum over the points of max(0, x * scale + offset), and the first point
  // that has it.
  void (*pool)(NormExtent, const T* x, const float* scale, const float* offset, float* mean,
               float* maximum, int32_t* where);
  // sums += g; products += g * (x - centre).
  void (*gradient_sums)(NormExtent, const T* x, const float* scale, const float* offset,
                        const float* centre, const OutputGradient<T>& gradient, float* sums,
                        float* products);
  // dx, with `more` added unless it is null; bias_gradient = its sum over the points, and
  // residual_gradient = g, unless they are null.
  void (*gradient)(NormExtent, const T* x, const float* scale, const float* offset,
                   const OutputGradient<T>& gradient, const InputGradient& coefficients,
                   const T* more, T* dx, T* residual_gradient, float* bias_gradient);
};

template <typename T>  // float or Bf16
const NormKernels<T>& Kernels();

// By name, for tests: "avx512", "avx2" or "portable"; null where this processor lacks it.
template <typename T>
const NormKernels<T>* KernelsOf(std::string_view name);

}  // namespace moyo::trainer
