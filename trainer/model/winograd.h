// Convolutions of the board by 3 x 3 weights, most of a training step on a CPU, with fewer products
// than the plain way makes. For trainer/ only: includes Torch.
//
//   torch::Tensor y = Convolve(conv, x);  // in place of conv(x)
//
// By Winograd's F(2x2, 3x3) (winograd_kernels.h), as one node of autograd, where IsForWinograd and
// the processor has kernels for x's type: AVX-512 or AVX2 for float; AVX512-BF16 for bfloat16, but
// not beside AMX-BF16, with which the plain way is faster. Anything else is the module's own
// forward. Both compute the same up to rounding: in bfloat16 the transformed numbers are rounded
// once more, sums are taken in float, and the weights' gradient stays float. The order of all sums
// is fixed: the bits do not depend on the number of threads. Torch's exceptions pass through.
#pragma once

#include <torch/torch.h>

#include "trainer/model/winograd_kernels.h"

namespace moyo::trainer {

torch::Tensor Convolve(torch::nn::Conv2d& conv, const torch::Tensor& x);

// x: n x channels x 19 x 19 on the CPU, float or bfloat16, in channels_last order, channels in
// multiples of kChannelStep; weight: float, out x in x 3 x 3. No bias; zeros around the board.
bool IsForWinograd(const torch::Tensor& x, const torch::Tensor& weight);

// By these kernels, of x's type. For tests and benchmarks.
template <typename T>  // float or Bf16
torch::Tensor ConvolveBy(const WinogradKernels<T>& kernels, const torch::Tensor& x,
                         const torch::Tensor& weight);

}  // namespace moyo::trainer
