#include "trainer/model/network.h"

#include <vector>

#include "trainer/model/global_pooling_net.h"
#include "trainer/model/tower.h"

namespace moyo::trainer {

torch::Tensor Network::Input(std::span<const features::BitPlanes> positions) const {
  return ExpandPlanes(positions, input_channels, device());
}

std::shared_ptr<Network> MakeNetwork(const NetShape& shape) {
  std::shared_ptr<Network> network;
  switch (shape.architecture) {
    case Architecture::kLeelaZero:
    case Architecture::kPooledTower:
      network = std::make_shared<TowerImpl>(shape);
      break;
    case Architecture::kGlobalPooling:
      network = std::make_shared<GlobalPoolingNet>(shape);
      break;
  }
  ToChannelsLast(*network);
  return network;
}

void ToChannelsLast(torch::nn::Module& network) {
  torch::NoGradGuard no_grad;
  for (torch::Tensor& parameter : network.parameters()) {
    if (parameter.dim() == 4) {
      parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
    }
  }
}

void ScaleValue(Network& network, double scale) {
  const torch::NoGradGuard no_grad;
  auto parameters = network.named_parameters();
  for (const char* name : {"value_linear.weight", "value_linear.bias"}) {
    parameters[name].mul_(scale);
  }
}

void CopyWeights(const Network& from, Network& to) {
  torch::NoGradGuard no_grad;
  const auto copy = [](const std::vector<torch::Tensor>& source,
                       std::vector<torch::Tensor> target) {
    for (size_t i = 0; i < source.size(); ++i) target[i].copy_(source[i]);
  };
  copy(from.parameters(), to.parameters());
  copy(from.buffers(), to.buffers());
}

}  // namespace moyo::trainer
