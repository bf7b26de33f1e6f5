// What every architecture is to the trainer, to validation and to play. For trainer/ only:
// includes Torch.
//
// Input n x 18 x 19 x 19 (features/planes.h); policy logits n x 362; value n in (-1, 1).
#pragma once

#include <torch/torch.h>

#include <memory>
#include <span>

#include "common/features/planes.h"
#include "trainer/model/policy_net.h"

namespace moyo::trainer {

class Network : public torch::nn::Module {
 public:
  struct Output {
    torch::Tensor policy;  // n x 362 logits, float
    torch::Tensor value;   // n, float
  };
  explicit Network(const NetShape& net_shape) : shape(net_shape) {}
  virtual Output forward(const torch::Tensor& planes) = 0;
  // Where its weights are, and its input must be.
  torch::Device device() const { return parameters().front().device(); }

  const NetShape shape;
};

// A network of the shape's architecture, in channels_last order, with fresh weights from Torch's
// random generator.
std::shared_ptr<Network> MakeNetwork(const NetShape& shape);

// Weights in channels_last order, which oneDNN runs fastest.
void ToChannelsLast(torch::nn::Module& network);

// Weights and running statistics of a network of the same shape, on whatever device.
void CopyWeights(const Network& from, Network& to);

// n x 18 x 19 x 19 in channels_last order, on the device. To another one than the CPU the bits
// travel, and are expanded there.
torch::Tensor ExpandPlanes(std::span<const features::BitPlanes> planes,
                           torch::Device device = torch::kCPU);
// The same by Torch's operations alone, from bits that are on the device.
torch::Tensor ExpandBits(const torch::Tensor& bits);
// n x 97 words: those of the history planes, then 0 when Black is to move, 1 for White.
torch::Tensor PackBits(std::span<const features::BitPlanes> planes);

}  // namespace moyo::trainer
