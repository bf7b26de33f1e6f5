#include "trainer/model/input.h"

#include <cstring>

namespace moyo::trainer {
namespace {

constexpr int kHistoryPlanes = 2 * features::kHistory;
constexpr int kColorPlanes = features::kPlanes - kHistoryPlanes;

features::LibertyPlanes LibertiesOf(const features::BitPlanes& position) {
  return features::CountLiberties(position.history[0], position.history[features::kHistory]);
}

}  // namespace

int InputChannels(Architecture architecture) {
  return architecture == Architecture::kGlobalPooling ? kChannelsWithLiberties : kPlainChannels;
}

torch::Tensor PackBits(std::span<const features::BitPlanes> positions, int channels) {
  const int64_t words = int64_t{channels - kColorPlanes} * features::kWordsPerPlane;
  torch::Tensor bits =
      torch::empty({static_cast<int64_t>(positions.size()), words + 1}, torch::kLong);
  int64_t* row = bits.data_ptr<int64_t>();
  for (const features::BitPlanes& position : positions) {
    std::memcpy(row, position.history.data(), sizeof(position.history));
    if (channels == kChannelsWithLiberties) {
      const features::LibertyPlanes liberties = LibertiesOf(position);
      std::memcpy(row + kHistoryPlanes * features::kWordsPerPlane, liberties.data(),
                  sizeof(liberties));
    }
    row[words] = position.to_move == go::Color::kBlack ? 0 : 1;
    row += words + 1;
  }
  return bits;
}

torch::Tensor ExpandBits(const torch::Tensor& bits) {
  const int64_t count = bits.size(0), words = bits.size(1) - 1;
  const int64_t planes = words / features::kWordsPerPlane;
  const torch::Tensor shifts = torch::arange(64, bits.options());
  const torch::Tensor expanded = bits.narrow(1, 0, words)
                                     .reshape({count, planes, features::kWordsPerPlane, 1})
                                     .bitwise_right_shift(shifts)
                                     .bitwise_and(1)
                                     .flatten(2)
                                     .narrow(2, 0, features::kPointCount)
                                     .to(torch::kFloat);
  const torch::Tensor is_white = bits.narrow(1, words, 1).to(torch::kFloat).unsqueeze(2);
  const torch::Tensor to_move =
      torch::cat({1 - is_white, is_white}, 1).expand({count, kColorPlanes, features::kPointCount});
  return torch::cat({expanded.narrow(1, 0, kHistoryPlanes), to_move,
                     expanded.narrow(1, kHistoryPlanes, planes - kHistoryPlanes)},
                    1)
      .view({count, planes + kColorPlanes, features::kBoardSize, features::kBoardSize})
      .contiguous(torch::MemoryFormat::ChannelsLast);
}

torch::Tensor ExpandPlanes(std::span<const features::BitPlanes> positions, int channels,
                           torch::Device device) {
  if (!device.is_cpu()) return ExpandBits(PackBits(positions, channels).to(device));
  torch::Tensor tensor = torch::empty({static_cast<int64_t>(positions.size()), features::kBoardSize,
                                       features::kBoardSize, channels});
  const std::span<float> all(tensor.data_ptr<float>(), static_cast<size_t>(tensor.numel()));
  features::ExpandNhwc(positions, channels, all);
  if (channels == kChannelsWithLiberties) {
    const size_t size = static_cast<size_t>(channels) * features::kPointCount;
    for (size_t i = 0; i < positions.size(); ++i) {
      features::ExpandNhwc(LibertiesOf(positions[i]), kPlainChannels, channels,
                           all.subspan(i * size, size));
    }
  }
  return tensor.permute({0, 3, 1, 2});
}

}  // namespace moyo::trainer
