#include "trainer/model/network.h"

#include "trainer/model/global_pooling_net.h"
#include "trainer/model/tower.h"

namespace moyo::trainer {

std::shared_ptr<Network> MakeNetwork(const NetShape& shape) {
  std::shared_ptr<Network> network;
  switch (shape.architecture) {
    case Architecture::kLeelaZero:
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

torch::Tensor ExpandPlanes(std::span<const features::BitPlanes> planes) {
  torch::Tensor tensor = torch::empty({static_cast<int64_t>(planes.size()), features::kBoardSize,
                                       features::kBoardSize, features::kPlanes});
  features::ExpandNhwc(planes, {tensor.data_ptr<float>(), static_cast<size_t>(tensor.numel())});
  return tensor.permute({0, 3, 1, 2});
}

}  // namespace moyo::trainer
