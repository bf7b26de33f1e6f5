// Positions as a tensor for a network. For trainer/ only: includes Torch.
//
// n x channels x 19 x 19, float, 0 or 1: the 18 planes of features/planes.h, and in 24 channels
// those of features/liberties.h behind them.
#pragma once

#include <torch/torch.h>

#include <span>

#include "common/features/liberties.h"
#include "common/features/planes.h"
#include "trainer/model/policy_net.h"

namespace moyo::trainer {

inline constexpr int kPlainChannels = features::kPlanes;
inline constexpr int kChannelsWithLiberties = features::kPlanes + features::kLibertyPlanes;

// Which of the two a network of the architecture takes.
int InputChannels(Architecture architecture);

// In channels_last order, on the device. To another one than the CPU the bits travel, and are
// expanded there.
torch::Tensor ExpandPlanes(std::span<const features::BitPlanes> positions, int channels,
                           torch::Device device = torch::kCPU);

// n x (6 (channels - 2) + 1) words: those of the history planes and of the liberties, then 0 when
// Black is to move, 1 for White.
torch::Tensor PackBits(std::span<const features::BitPlanes> positions, int channels);
// The same tensor as ExpandPlanes by Torch's operations alone, from bits that are on the device.
torch::Tensor ExpandBits(const torch::Tensor& bits);

}  // namespace moyo::trainer
