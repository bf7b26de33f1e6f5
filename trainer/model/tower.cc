#include "trainer/model/tower.h"

#include <string>

namespace moyo::trainer {
namespace {

constexpr int kPolicyChannels = 2;
constexpr int kValueChannels = 1;
constexpr int kValueHidden = 256;

// In the value plane of a pooled tower, 0 stands for a point of the opponent's, twice kPlaneMean
// for one of the side to move. A pooled value reads (mean - kPlaneMean) * kPoolScale of the value
// plane: around 0, and of the order of 1 when the points are independent. The rectified standard
// normal has the mean 1/sqrt(2 pi), and the sum of 361 such points spreads like the square root of
// 361.
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

torch::nn::Linear PolicyOverPoints() {
  return torch::nn::Linear(kPolicyChannels * features::kPointCount, features::kPolicySize);
}

torch::nn::Linear ValueHiddenOverPoints() {
  return torch::nn::Linear(kValueChannels * features::kPointCount, kValueHidden);
}

// The first policy plane speaks for a point and the second against it; the pass is as likely as a
// point that nothing speaks of.
void StartPooled(TowerImpl& tower) {
  torch::NoGradGuard no_grad;
  tower.policy_point->weight[0][0] = 1.0;
  tower.policy_point->weight[0][1] = -1.0;
  torch::nn::init::zeros_(tower.policy_pass->weight);
  torch::nn::init::zeros_(tower.policy_pass->bias);
  torch::nn::init::ones_(tower.value_linear->weight);
  torch::nn::init::zeros_(tower.value_linear->bias);
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
  const bool pooled = shape.architecture == Architecture::kPooledTower;
  policy_conv = register_module("policy_conv", ConvNorm(shape.filters, kPolicyChannels, 1));
  if (pooled) {
    policy_point = register_module(
        "policy_point",
        torch::nn::Linear(torch::nn::LinearOptions(kPolicyChannels, 1).bias(false)));
    policy_pass = register_module("policy_pass", torch::nn::Linear(kPolicyChannels, 1));
  } else {
    policy_linear = register_module("policy_linear", PolicyOverPoints());
    StartAsConvolution(policy_linear, kPolicyChannels);
  }
  value_conv = register_module("value_conv", ConvNorm(shape.filters, kValueChannels, 1));
  if (!pooled) value_hidden = register_module("value_hidden", ValueHiddenOverPoints());
  value_linear = register_module("value_linear", torch::nn::Linear(pooled ? 1 : kValueHidden, 1));
  if (pooled) StartPooled(*this);
}

HeadLayers TowerImpl::HeadsOverPoints() const {
  if (shape.architecture != Architecture::kPooledTower) {
    return {policy_linear, value_hidden, value_linear};
  }
  torch::NoGradGuard no_grad;
  HeadLayers heads{PolicyOverPoints(), ValueHiddenOverPoints(), torch::nn::Linear(kValueHidden, 1)};
  for (const torch::nn::Linear& layer : {heads.policy, heads.value_hidden, heads.value}) {
    layer->weight.zero_();
    layer->bias.zero_();
  }
  for (int channel = 0; channel < kPolicyChannels; ++channel) {
    const torch::Tensor from_channel = heads.policy->weight.slice(
        1, channel * features::kPointCount, (channel + 1) * features::kPointCount);
    from_channel.slice(0, 0, features::kPointCount)
        .fill_diagonal_(policy_point->weight[0][channel].item<double>());
    from_channel[features::kPointCount].fill_(policy_pass->weight[0][channel].item<double>() /
                                              features::kPointCount);
  }
  heads.policy->bias[features::kPointCount] = policy_pass->bias[0];
  // What the value reads is the difference of two hidden units, its part above 0 and its part
  // below. One would do, as a plane's mean is never negative; but these two are small, and bfloat16
  // keeps what is small.
  for (const int64_t unit : {0, 1}) {
    const double sign = unit == 0 ? 1 : -1;
    heads.value_hidden->weight[unit].fill_(sign * kPoolScale / features::kPointCount);
    heads.value_hidden->bias[unit] = -sign * kPoolScale * kPlaneMean;
    heads.value->weight[0][unit] = sign * value_linear->weight[0][0];
  }
  heads.value->bias.copy_(value_linear->bias);
  return heads;
}

TowerImpl::Output TowerImpl::PooledHeads(const torch::Tensor& policy, const torch::Tensor& value) {
  // A 1x1 convolution to one channel, as the matrix product that it is.
  const torch::Tensor points = policy_point(policy.permute({0, 2, 3, 1})).flatten(1);
  const torch::Tensor pass = policy_pass(policy.to(torch::kFloat).mean({2, 3}));
  const torch::Tensor summary = (value.to(torch::kFloat).mean({2, 3}) - kPlaneMean) * kPoolScale;
  // By hand, since autocast would round a layer's input and output.
  const torch::Tensor logit = summary * value_linear->weight[0] + value_linear->bias;
  return {.policy = torch::cat({points.to(torch::kFloat), pass.to(torch::kFloat)}, 1),
          .value = torch::tanh(logit).squeeze(1),
          .ownership = value.to(torch::kFloat).flatten(1) / kPlaneMean - 1};
}

TowerImpl::Output TowerImpl::forward(const torch::Tensor& planes) {
  torch::Tensor x = input(planes);
  for (ResidualBlock& block : blocks) x = block(x);
  if (shape.architecture == Architecture::kPooledTower) {
    return PooledHeads(policy_conv(x), value_conv(x));
  }
  const torch::Tensor policy = policy_conv(x).flatten(1);
  const torch::Tensor value = value_conv(x).flatten(1);
  const torch::Tensor logit = value_linear(torch::relu(value_hidden(value)));
  return {.policy = policy_linear(policy).to(torch::kFloat),
          .value = torch::tanh(logit.to(torch::kFloat)).squeeze(1)};
}

}  // namespace moyo::trainer
