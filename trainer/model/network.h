// What every architecture is to the trainer, to validation and to play. For trainer/ only:
// includes Torch.
//
// Input n x input_channels x 19 x 19 (input.h); policy logits n x 362; value n in (-1, 1).
#pragma once

#include <torch/torch.h>

#include <memory>
#include <span>

#include "trainer/model/input.h"
#include "trainer/model/policy_net.h"

namespace moyo::trainer {

class Network : public torch::nn::Module {
 public:
  struct Output {
    torch::Tensor policy;  // n x 362 logits, float
    torch::Tensor value;   // n, float
    // n x 361, float: how much of each point the side to move has in the end, -1 to about 1; it
    // learns from that where it is asked to. Undefined where the architecture has no such thing.
    torch::Tensor ownership;
  };
  explicit Network(const NetShape& net_shape)
      : shape(net_shape), input_channels(InputChannels(net_shape.architecture)) {}
  virtual Output forward(const torch::Tensor& planes) = 0;
  // Where its weights are, and its input must be.
  torch::Device device() const { return parameters().front().device(); }
  torch::Tensor Input(std::span<const features::BitPlanes> positions) const;

  const NetShape shape;
  const int input_channels;
};

// A network of the shape's architecture, in channels_last order, with fresh weights from Torch's
// random generator.
std::shared_ptr<Network> MakeNetwork(const NetShape& shape);

// Weights in channels_last order, which oneDNN runs fastest.
void ToChannelsLast(torch::nn::Module& network);

// Makes the logit of every value `scale` times as large: surer above 1, less sure below.
void ScaleValue(Network& network, double scale);

// Weights and running statistics of a network of the same shape, on whatever device.
void CopyWeights(const Network& from, Network& to);

}  // namespace moyo::trainer
