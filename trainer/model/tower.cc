#include "trainer/model/tower.h"

#include <string>

namespace moyo::trainer {
namespace {

constexpr int kPolicyChannels = 2;
constexpr int kValueChannels = 1;
constexpr int kValueHidden = 256;

// A pooled value reads (mean - kPlaneMean) * kPoolScale of the value plane: around 0, and of the
// order of 1 when the points are independent. The rectified standard normal has the mean
// 1/sqrt(2 pi), and the sum of 361 such points spreads like the square root of 361.
constexpr double kPlaneMean = 0.39894228;
constexpr double kPoolScale = features::kBoardSize;

// Starts the policy's linear layer as the sum of its channels at each point, plus little noise:
// what a convolution would give. From there it learns at once, instead of first finding 361 points
// one by one.
void StartAsConvolution(torch::nn::Linear& linear, int channels) {
  torch::NoGradGuard no_grad;
  linear->weight.mul_(0.1);
  linear->bias.zero_();
  for (int channel = 0; channel < channels; ++channel) {
    const int64_t begin = channel * features::kPointCount;
    linear->weight.slice(0, 0, features::kPointCount)
        .slice(1, begin, begin + features::kPointCount)
        .fill_diagonal_(1.0);
  }
}

}  // namespace

ConvNormImpl::ConvNormImpl(int in, int out, int kernel)
    : conv(register_module(
          "conv", torch::nn::Conv2d(
                      torch::nn::Conv2dOptions(in, out, kernel).padding(kernel / 2).bias(false)))),
      norm(register_module("norm", torch::nn::BatchNorm2d(out))) {
  torch::nn::init::kaiming_normal_(conv->weight, 0.0, torch::kFanOut, torch::kReLU);
}

ResidualBlockImpl::ResidualBlockImpl(int filters)
    : first(register_module("first", ConvNorm(filters, filters, 3))),
      second(register_module("second", ConvNorm(filters, filters, 3))) {
  // A block begins as the identity: deep towers learn sooner (Goyal et al. 2017, section 5.1).
  torch::nn::init::zeros_(second->norm->weight);
}

TowerImpl::TowerImpl(const NetShape& net_shape)
    : Network(net_shape),
      input(register_module("input", ConvNorm(input_channels, net_shape.filters, 3))) {
  for (int i = 0; i < shape.blocks; ++i) {
    blocks.push_back(register_module("block" + std::to_string(i), ResidualBlock(shape.filters)));
  }
  policy_conv = register_module("policy_conv", ConvNorm(shape.filters, kPolicyChannels, 1));
  policy_linear = register_module(
      "policy_linear",
      torch::nn::Linear(kPolicyChannels * features::kPointCount, features::kPolicySize));
  StartAsConvolution(policy_linear, kPolicyChannels);
  value_conv = register_module("value_conv", ConvNorm(shape.filters, kValueChannels, 1));
  if (shape.architecture == Architecture::kPooledTower) {
    value_linear = register_module("value_linear", torch::nn::Linear(1, 1));
    torch::nn::init::ones_(value_linear->weight);
    torch::nn::init::zeros_(value_linear->bias);
    return;
  }
  value_hidden = register_module(
      "value_hidden", torch::nn::Linear(kValueChannels * features::kPointCount, kValueHidden));
  value_linear = register_module("value_linear", torch::nn::Linear(kValueHidden, 1));
}

ValueLayers TowerImpl::ValueOverPoints() const {
  if (!value_hidden.is_empty()) return {value_hidden, value_linear};
  torch::NoGradGuard no_grad;
  ValueLayers layers{torch::nn::Linear(kValueChannels * features::kPointCount, kValueHidden),
                     torch::nn::Linear(kValueHidden, 1)};
  for (const torch::nn::Linear& layer : {layers.hidden, layers.linear}) {
    layer->weight.zero_();
    layer->bias.zero_();
  }
  // The first hidden unit is the scaled mean. A rectified plane's is never negative, so the
  // rectifier after it changes nothing.
  layers.hidden->weight[0].fill_(kPoolScale / features::kPointCount);
  layers.linear->weight[0][0] = value_linear->weight[0][0];
  layers.linear->bias.copy_(value_linear->bias -
                            value_linear->weight[0] * (kPoolScale * kPlaneMean));
  return layers;
}

TowerImpl::Output TowerImpl::forward(const torch::Tensor& planes) {
  torch::Tensor x = input(planes);
  for (ResidualBlock& block : blocks) x = block(x);
  const torch::Tensor policy = policy_conv(x).flatten(1);
  const torch::Tensor value = value_conv(x).flatten(1);
  const torch::Tensor summary =
      value_hidden.is_empty()
          ? (value.to(torch::kFloat).mean(1, /*keepdim=*/true) - kPlaneMean) * kPoolScale
          : torch::relu(value_hidden(value));
  return {policy_linear(policy).to(torch::kFloat),
          torch::tanh(value_linear(summary).to(torch::kFloat)).squeeze(1)};
}

}  // namespace moyo::trainer
