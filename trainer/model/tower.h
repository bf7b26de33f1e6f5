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

// A value head after the value plane: tanh(linear(relu(hidden(points)))).
struct ValueLayers {
  torch::nn::Linear hidden{nullptr};  // 361 points to 256
  torch::nn::Linear linear{nullptr};  // 256 to 1
};

// Architecture::kLeelaZero, or kPooledTower, whose value is a function of the value plane's mean
// alone: a count over the board, as a score is. A layer over single points learns the results of
// some ten thousand games by heart instead; a mean cannot.
struct TowerImpl : Network {
  explicit TowerImpl(const NetShape& shape);
  Output forward(const torch::Tensor& planes) override;
  // The value head as Leela Zero's format has it; that of a pooled tower written out.
  ValueLayers ValueOverPoints() const;

  ConvNorm input{nullptr};
  std::vector<ResidualBlock> blocks;
  ConvNorm policy_conv{nullptr}, value_conv{nullptr};
  torch::nn::Linear policy_linear{nullptr};
  torch::nn::Linear value_hidden{nullptr};  // null when pooled
  torch::nn::Linear value_linear{nullptr};  // pooled: 1 to 1
};
TORCH_MODULE(Tower);

}  // namespace moyo::trainer
