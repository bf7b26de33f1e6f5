// The AlphaGo Zero / Leela Zero tower with policy and value heads. For trainer/ only: includes
// Torch.
//
// Input n x 18 x 19 x 19 (features/planes.h); policy logits n x 362; value n in (-1, 1).
// Source: Silver et al., Nature 550 (2017), Methods; Leela Zero's training code names the same
// layers.
#pragma once

#include <torch/torch.h>

#include <span>
#include <vector>

#include "common/features/planes.h"
#include "trainer/model/policy_net.h"

namespace moyo::trainer {

// Convolution without bias, batch norm.
struct ConvNormImpl : torch::nn::Module {
  ConvNormImpl(int in, int out, int kernel);
  torch::Tensor forward(const torch::Tensor& x) { return norm(conv(x)); }
  torch::nn::Conv2d conv{nullptr};
  torch::nn::BatchNorm2d norm{nullptr};
};
TORCH_MODULE(ConvNorm);

struct ResidualBlockImpl : torch::nn::Module {
  explicit ResidualBlockImpl(int filters);
  torch::Tensor forward(const torch::Tensor& x) {
    return torch::relu(second(torch::relu(first(x))).add_(x));
  }
  ConvNorm first{nullptr}, second{nullptr};
};
TORCH_MODULE(ResidualBlock);

struct TowerImpl : torch::nn::Module {
  explicit TowerImpl(const NetShape& shape);
  struct Output {
    torch::Tensor policy;  // n x 362 logits, float
    torch::Tensor value;   // n, float
  };
  Output forward(const torch::Tensor& planes);

  const NetShape shape;
  ConvNorm input{nullptr};
  std::vector<ResidualBlock> blocks;
  ConvNorm policy_conv{nullptr}, value_conv{nullptr};
  torch::nn::Linear policy_linear{nullptr}, value_hidden{nullptr}, value_linear{nullptr};
};
TORCH_MODULE(Tower);

// Weights in channels_last order, which oneDNN runs fastest.
void ToChannelsLast(Tower& tower);

// n x 18 x 19 x 19 in channels_last order.
torch::Tensor ExpandPlanes(std::span<const features::BitPlanes> planes);

}  // namespace moyo::trainer
