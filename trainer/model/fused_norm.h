// Batch norm and what stands around it (a sum before it, a bias, a residual, the rectifier, the
// pooling of the board) in as few passes over memory as there can be: much of a training step on a
// CPU went into these, each an operation of its own. For trainer/ only: includes Torch.
//
// In training mode, on a CPU, with float or bfloat16 in channels_last order, these are one node of
// autograd each; otherwise (a GPU, evaluation, another order) Torch's operations in a row. Both
// compute the same up to rounding: statistics of the batch, running statistics as Torch's module
// keeps them, gradients of everything that goes in. All sums are taken a sample at a time in float,
// and over the samples in double, so the bits do not depend on the number of threads.
// Torch's exceptions pass through.
#pragma once

#include <torch/torch.h>

#include <utility>

namespace moyo::trainer::fused {

// relu(norm(x)). x is n x channels x height x width, here and below.
torch::Tensor NormRelu(torch::nn::BatchNorm2d& norm, const torch::Tensor& x);

// relu(norm(x + bias)), bias n x channels. May write to x.
torch::Tensor BiasNormRelu(torch::nn::BatchNorm2d& norm, const torch::Tensor& x,
                           const torch::Tensor& bias);

// relu(norm(x) + residual).
torch::Tensor NormAddRelu(torch::nn::BatchNorm2d& norm, const torch::Tensor& x,
                          const torch::Tensor& residual);

struct SumAndActive {
  torch::Tensor sum;     // x + y
  torch::Tensor active;  // relu(norm(sum))
};
// May write to y.
SumAndActive AddNormRelu(torch::nn::BatchNorm2d& norm, const torch::Tensor& x,
                         const torch::Tensor& y);

// Mean and maximum over the board of relu(norm(x)): n x 2 channels, float. The gradient of a
// maximum that several points share goes to one of them.
torch::Tensor NormReluPool(torch::nn::BatchNorm2d& norm, const torch::Tensor& x);

}  // namespace moyo::trainer::fused
