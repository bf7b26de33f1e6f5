#include "trainer/model/input.h"

#include <cstring>

#include "trainer/model/parallel.h"

namespace moyo::trainer {
namespace {

constexpr int kHistoryPlanes = 2 * features::kHistory;
constexpr int64_t kHistoryWords = kHistoryPlanes * features::kWordsPerPlane;
constexpr int kColorPlanes = features::kPlanes - kHistoryPlanes;

static_assert(sizeof(features::BitPlanes::history) == kHistoryWords * sizeof(int64_t));

constexpr int64_t kPositionsAThread = 16;  // at least, in about a quarter of a millisecond

// use(i, liberties of position i), on all of Torch's threads: a GPU would wait for one.
template <typename Use>
void ForLiberties(std::span<const features::BitPlanes> positions, const Use& use) {
  ForRanges(static_cast<int64_t>(positions.size()), kPositionsAThread,
            [&](int64_t begin, int64_t end) {
              for (int64_t i = begin; i < end; ++i) {
                const auto& history = positions[i].history;
                use(i, features::CountLiberties(history[0], history[features::kHistory]));
              }
            });
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
    row[words] = position.to_move == go::Color::kBlack ? 0 : 1;
    row += words + 1;
  }
  if (channels == kChannelsWithLiberties) {
    ForLiberties(positions, [&bits, words](int64_t i, const features::LibertyPlanes& liberties) {
      std::memcpy(bits.data_ptr<int64_t>() + i * (words + 1) + kHistoryWords, liberties.data(),
                  sizeof(liberties));
    });
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
    const int64_t size = int64_t{channels} * features::kPointCount;
    ForLiberties(positions, [=](int64_t i, const features::LibertyPlanes& liberties) {
      features::ExpandNhwc(liberties, kPlainChannels, channels, all.subspan(i * size, size));
    });
  }
  return tensor.permute({0, 3, 1, 2});
}

}  // namespace moyo::trainer
