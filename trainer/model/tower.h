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

// What follows the heads' planes (2 of the policy, 1 of the value), over single points:
//   policy logits = policy(planes), value = tanh(value(relu(value_hidden(plane)))).
struct HeadLayers {
  torch::nn::Linear policy{nullptr};        // 2 x 361 to 362
  torch::nn::Linear value_hidden{nullptr};  // 361 to 256
  torch::nn::Linear value{nullptr};         // 256 to 1
};

// Architecture::kLeelaZero, or kPooledTower, whose heads have no weights of single points: a
// point's logit is a sum of its own planes, that of the pass and the value are functions of the
// planes' means over the board. So what is learned at one point holds at all, and the value, a
// count as a score is, cannot know some ten thousand games by heart, as a layer over points does.
struct TowerImpl : Network {
  explicit TowerImpl(const NetShape& shape);
  Output forward(const torch::Tensor& planes) override;
  // The heads as Leela Zero's format has them; those of a pooled tower written out.
  HeadLayers HeadsOverPoints() const;

  ConvNorm input{nullptr};
  std::vector<ResidualBlock> blocks;
  ConvNorm policy_conv{nullptr}, value_conv{nullptr};
  // Of kLeelaZero; null in a pooled tower.
  torch::nn::Linear policy_linear{nullptr}, value_hidden{nullptr};
  // Of a pooled tower, else null: 2 to 1 without bias, 2 to 1.
  torch::nn::Linear policy_point{nullptr}, policy_pass{nullptr};
  torch::nn::Linear value_linear{nullptr};  // 256 to 1; pooled: 1 to 1

 private:
  Output PooledHeads(const torch::Tensor& policy, const torch::Tensor& value);
};
TORCH_MODULE(Tower);

}  // namespace moyo::trainer
