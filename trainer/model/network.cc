#include "trainer/model/network.h"

#include <cstring>
#include <vector>

#include "trainer/model/global_pooling_net.h"
#include "trainer/model/tower.h"

namespace moyo::trainer {
namespace {

constexpr int64_t kHistoryWords = 2 * features::kHistory * features::kWordsPerPlane;

}  // namespace

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

void CopyWeights(const Network& from, Network& to) {
  torch::NoGradGuard no_grad;
  const auto copy = [](const std::vector<torch::Tensor>& source,
                       std::vector<torch::Tensor> target) {
    for (size_t i = 0; i < source.size(); ++i) target[i].copy_(source[i]);
  };
  copy(from.parameters(), to.parameters());
  copy(from.buffers(), to.buffers());
}

torch::Tensor PackBits(std::span<const features::BitPlanes> planes) {
  torch::Tensor bits =
      torch::empty({static_cast<int64_t>(planes.size()), kHistoryWords + 1}, torch::kLong);
  int64_t* row = bits.data_ptr<int64_t>();
  for (const features::BitPlanes& sample : planes) {
    static_assert(sizeof(sample.history) == kHistoryWords * sizeof(int64_t));
    std::memcpy(row, sample.history.data(), sizeof(sample.history));
    row[kHistoryWords] = sample.to_move == go::Color::kBlack ? 0 : 1;
    row += kHistoryWords + 1;
  }
  return bits;
}

torch::Tensor ExpandBits(const torch::Tensor& bits) {
  const int64_t count = bits.size(0);
  const torch::Tensor shifts = torch::arange(64, bits.options());
  const torch::Tensor history =
      bits.narrow(1, 0, kHistoryWords)
          .reshape({count, 2 * features::kHistory, features::kWordsPerPlane, 1})
          .bitwise_right_shift(shifts)
          .bitwise_and(1)
          .flatten(2)
          .narrow(2, 0, features::kPointCount)
          .to(torch::kFloat);
  const torch::Tensor is_white = bits.narrow(1, kHistoryWords, 1).to(torch::kFloat).unsqueeze(2);
  const torch::Tensor to_move =
      torch::cat({1 - is_white, is_white}, 1)
          .expand({count, features::kPlanes - 2 * features::kHistory, features::kPointCount});
  return torch::cat({history, to_move}, 1)
      .view({count, features::kPlanes, features::kBoardSize, features::kBoardSize})
      .contiguous(torch::MemoryFormat::ChannelsLast);
}

torch::Tensor ExpandPlanes(std::span<const features::BitPlanes> planes, torch::Device device) {
  if (!device.is_cpu()) return ExpandBits(PackBits(planes).to(device));
  torch::Tensor tensor = torch::empty({static_cast<int64_t>(planes.size()), features::kBoardSize,
                                       features::kBoardSize, features::kPlanes});
  features::ExpandNhwc(planes, {tensor.data_ptr<float>(), static_cast<size_t>(tensor.numel())});
  return tensor.permute({0, 3, 1, 2});
}

}  // namespace moyo::trainer
