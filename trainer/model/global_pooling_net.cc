#include "trainer/model/global_pooling_net.h"

#include <algorithm>
#include <string>

#include "trainer/model/winograd.h"

namespace moyo::trainer {
namespace {

constexpr int kHeadChannels = 32;
constexpr int kValueHidden = 64;
constexpr double kValueLeak = 0.1;

torch::nn::Conv2d Convolution(int in, int out, int kernel) {
  torch::nn::Conv2d conv(torch::nn::Conv2dOptions(in, out, kernel).padding(kernel / 2).bias(false));
  torch::nn::init::kaiming_normal_(conv->weight, 0.0, torch::kFanOut, torch::kReLU);
  return conv;
}

// Every second block from the third on; of fewer than three blocks the last.
bool IsPooling(int block, int blocks) {
  return (block >= 2 && block % 2 == 0) || (blocks < 3 && block == blocks - 1);
}

// relu(norm(x)), of the sum x.
fused::SumAndActive SumUp(NormRelu& norm, const Pending& before) {
  if (!before.more.defined()) return {before.x, norm(before.x)};
  return norm->AfterSum(before.x, before.more);
}

}  // namespace

PooledImpl::PooledImpl(int in, int channels, int kernel)
    : conv(register_module("conv", Convolution(in, channels, kernel))),
      norm(register_module("norm", NormRelu(channels))) {}

torch::Tensor PooledImpl::forward(const torch::Tensor& x) {
  return fused::NormReluPool(norm->norm, Convolve(conv, x));
}

PreActivationBlockImpl::PreActivationBlockImpl(int filters, int pooled_channels)
    : first_norm(register_module("first_norm", NormRelu(filters))),
      second_norm(register_module("second_norm", NormRelu(filters - pooled_channels))),
      first_conv(register_module("first_conv", Convolution(filters, filters - pooled_channels, 3))),
      second_conv(
          register_module("second_conv", Convolution(filters - pooled_channels, filters, 3))) {
  // A block begins as the identity: deep towers learn sooner (Goyal et al. 2017, section 5.1).
  torch::nn::init::zeros_(second_conv->weight);
  if (pooled_channels == 0) return;
  pooled = register_module("pooled", Pooled(filters, pooled_channels, 3));
  pooled_bias = register_module(
      "pooled_bias", torch::nn::Linear(torch::nn::LinearOptions(2 * pooled_channels,
                                                                filters - pooled_channels)
                                           .bias(false)));  // the norm behind it has one
}

Pending PreActivationBlockImpl::forward(const Pending& before) {
  const auto [x, active] = SumUp(first_norm, before);
  const torch::Tensor y = Convolve(first_conv, active);
  const torch::Tensor second_active =
      pooled.is_empty() ? second_norm(y) : second_norm->AfterBias(y, pooled_bias(pooled(active)));
  return {x, Convolve(second_conv, second_active)};
}

GlobalPoolingNet::GlobalPoolingNet(const NetShape& net_shape) : Network(net_shape) {
  input_ = register_module("input", Convolution(input_channels, shape.filters, 3));
  const int pooled_channels = std::max(1, shape.filters / 4);
  for (int i = 0; i < shape.blocks; ++i) {
    blocks_.push_back(register_module(
        "block" + std::to_string(i),
        PreActivationBlock(shape.filters, IsPooling(i, shape.blocks) ? pooled_channels : 0)));
  }
  trunk_norm_ = register_module("trunk_norm", NormRelu(shape.filters));
  policy_conv_ = register_module("policy_conv", Convolution(shape.filters, kHeadChannels, 1));
  policy_pooled_ = register_module("policy_pooled", Pooled(shape.filters, kHeadChannels, 1));
  policy_bias_ = register_module(
      "policy_bias",
      torch::nn::Linear(torch::nn::LinearOptions(2 * kHeadChannels, kHeadChannels).bias(false)));
  policy_pass_ = register_module("policy_pass", torch::nn::Linear(2 * kHeadChannels, 1));
  policy_norm_ = register_module("policy_norm", NormRelu(kHeadChannels));
  policy_point_ = register_module(
      "policy_point", torch::nn::Linear(torch::nn::LinearOptions(kHeadChannels, 1).bias(false)));
  value_pooled_ = register_module("value_pooled", Pooled(shape.filters, kHeadChannels, 1));
  value_hidden_ =
      register_module("value_hidden", torch::nn::Linear(2 * kHeadChannels, kValueHidden));
  value_linear_ = register_module("value_linear", torch::nn::Linear(kValueHidden, 1));
}

torch::Tensor GlobalPoolingNet::Policy(const torch::Tensor& trunk) {
  const torch::Tensor pooled = policy_pooled_(trunk);
  const torch::Tensor y = policy_norm_->AfterBias(policy_conv_(trunk), policy_bias_(pooled));
  // A 1x1 convolution to one channel, as the matrix product that it is.
  const torch::Tensor points = policy_point_(y.permute({0, 2, 3, 1})).flatten(1);
  return torch::cat({points.to(torch::kFloat), policy_pass_(pooled).to(torch::kFloat)}, 1);
}

torch::Tensor GlobalPoolingNet::Value(const torch::Tensor& trunk) {
  // Leaky: what is pooled is never negative, and at the tower's rates plain units all died early.
  const torch::Tensor hidden = torch::leaky_relu(value_hidden_(value_pooled_(trunk)), kValueLeak);
  return torch::tanh(value_linear_(hidden).to(torch::kFloat)).squeeze(1);
}

Network::Output GlobalPoolingNet::forward(const torch::Tensor& planes) {
  Pending x{input_(planes), {}};
  for (PreActivationBlock& block : blocks_) x = block(x);
  const torch::Tensor trunk = SumUp(trunk_norm_, x).active;
  return {Policy(trunk), Value(trunk)};
}

}  // namespace moyo::trainer
