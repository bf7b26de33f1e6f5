// Pre-activation residual blocks, some of which pool over the whole board. For trainer/ only:
// includes Torch.
//
// A convolution sees its neighbourhood; which ko fight matters and who is ahead are facts of the
// whole board. So every second block from the third on (and each head) averages and maximises some
// channels over the board and adds a linear function of them, as a bias a channel, to the others:
// a bias from pooled features. The policy head is convolutional, with the pass from the pooled
// features; there are no weights for single points of the board.
// Sources: He et al. 2016, "Identity Mappings in Deep Residual Networks" (pre-activation); Wu 2019,
// "Accelerating Self-Play Learning in Go", arXiv 1902.10565, section 4.1 and appendix A.2 (global
// pooling, heads).
#pragma once

#include <torch/torch.h>

#include <vector>

#include "trainer/model/fused_norm.h"
#include "trainer/model/network.h"

namespace moyo::trainer {

// Batch norm, ReLU, and what else is done in the same pass (fused_norm.h).
struct NormReluImpl : torch::nn::Module {
  explicit NormReluImpl(int channels)
      : norm(register_module("norm", torch::nn::BatchNorm2d(channels))) {}
  torch::Tensor forward(const torch::Tensor& x) { return fused::NormRelu(norm, x); }
  torch::Tensor AfterBias(const torch::Tensor& x, const torch::Tensor& bias) {
    return fused::BiasNormRelu(norm, x, bias);
  }
  fused::SumAndActive AfterSum(const torch::Tensor& x, const torch::Tensor& y) {
    return fused::AddNormRelu(norm, x, y);
  }
  torch::nn::BatchNorm2d norm{nullptr};
};
TORCH_MODULE(NormRelu);

// Convolution, norm, ReLU, then mean and maximum over the board: n x 2 channels, float.
struct PooledImpl : torch::nn::Module {
  PooledImpl(int in, int channels, int kernel);
  torch::Tensor forward(const torch::Tensor& x);
  torch::nn::Conv2d conv{nullptr};
  NormRelu norm{nullptr};
};
TORCH_MODULE(Pooled);

// What a block hands on: x, and what the next one must add to it first, as its norm can do that on
// the way.
struct Pending {
  torch::Tensor x, more;  // `more` is undefined at first
};

// x + second(relu(norm(first(relu(norm(x))) + bias from pooled channels, if there are any))).
struct PreActivationBlockImpl : torch::nn::Module {
  // pooled_channels of the filters are pooled (0: a plain block).
  PreActivationBlockImpl(int filters, int pooled_channels);
  Pending forward(const Pending& before);
  NormRelu first_norm{nullptr}, second_norm{nullptr};
  torch::nn::Conv2d first_conv{nullptr}, second_conv{nullptr};
  Pooled pooled{nullptr};
  torch::nn::Linear pooled_bias{nullptr};
};
TORCH_MODULE(PreActivationBlock);

class GlobalPoolingNet : public Network {
 public:
  // shape.filters at least kLeastPoolingFilters (policy_net.h).
  explicit GlobalPoolingNet(const NetShape& net_shape);
  Output forward(const torch::Tensor& planes) override;

 private:
  torch::Tensor Policy(const torch::Tensor& trunk);
  torch::Tensor Value(const torch::Tensor& trunk);

  torch::nn::Conv2d input_{nullptr};
  std::vector<PreActivationBlock> blocks_;
  NormRelu trunk_norm_{nullptr};
  torch::nn::Conv2d policy_conv_{nullptr};
  Pooled policy_pooled_{nullptr};
  torch::nn::Linear policy_bias_{nullptr}, policy_pass_{nullptr}, policy_point_{nullptr};
  NormRelu policy_norm_{nullptr};
  Pooled value_pooled_{nullptr};
  torch::nn::Linear value_hidden_{nullptr}, value_linear_{nullptr};
};

}  // namespace moyo::trainer
