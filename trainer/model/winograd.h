// Convolutions of the board by 3 x 3 weights, most of a training step on a CPU, with fewer products
// than the plain way makes. For trainer/ only: includes Torch.
//
//   torch::Tensor y = Convolve(conv, x);  // in place of conv(x)
//
// For bfloat16 on a CPU that has AVX512-BF16 and not AMX, it is one node of autograd by Winograd's
// F(2x2, 3x3) (winograd_kernels.h): n x channels x 19 x 19 in channels_last order, channels in
// multiples of 16, no bias, zeros around the board. Anything else is the module's own forward.
// Both compute the same up to rounding: the transformed numbers are rounded to bfloat16 once more,
// sums are taken in float, and the weights' gradient stays float. The order of all sums is fixed:
// the bits do not depend on the number of threads. Torch's exceptions pass through.
#pragma once

#include <torch/torch.h>

namespace moyo::trainer {

torch::Tensor Convolve(torch::nn::Conv2d& conv, const torch::Tensor& x);

// The two parts, for tests. weight: float, out x in x 3 x 3.
bool IsForWinograd(const torch::Tensor& x, const torch::Tensor& weight);
torch::Tensor ConvolveByWinograd(const torch::Tensor& x, const torch::Tensor& weight);

}  // namespace moyo::trainer
