// The AlphaGo Zero / Leela Zero tower with policy and value heads. For trainer/ only: includes
// Torch.
//
// Source: Silver et al., Nature 550 (2017), Methods; Leela Zero's training code names the same
// layers.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "trainer/model/fused_norm.h"
#include "trainer/model/network.h"
#include "trainer/model/winograd.h"

namespace moyo::trainer {

// Convolution without bias, batch norm, ReLU.
struct ConvNormImpl : torch::nn::Module {
  ConvNormImpl(int in, int out, int kernel);
  // relu(norm(conv(x))), with the residual added before the rectifier.
  torch::Tensor forward(const torch::Tensor& x) { return fused::NormRelu(norm, Convolve(conv, x)); }
  torch::Tensor WithResidual(const torch::Tensor& x, const torch::Tensor& residual) {
    return fused::NormAddRelu(norm, Convolve(conv, x), residual);
  }
  torch::nn::Conv2d conv{nullptr};
  torch::nn::BatchNorm2d norm{nullptr};
};
TORCH_MODULE(ConvNorm);

struct ResidualBlockImpl : torch::nn::Module {
  explicit ResidualBlockImpl(int filters);
  torch::Tensor forward(const torch::Tensor& x) { return second->WithResidual(first(x), x); }
  ConvNorm first{nullptr}, second{nullptr};
};
TORCH_MODULE(ResidualBlock);

struct TowerImpl : Network {
  explicit TowerImpl(const NetShape& shape);
  Output forward(const torch::Tensor& planes) override;

  ConvNorm input{nullptr};
  std::vector<ResidualBlock> blocks;
  ConvNorm policy_conv{nullptr}, value_conv{nullptr};
  torch::nn::Linear policy_linear{nullptr}, value_hidden{nullptr}, value_linear{nullptr};
};
TORCH_MODULE(Tower);

}  // namespace moyo::trainer
