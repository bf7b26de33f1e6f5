// The network that a training starts from when it is given one. For trainer/ only: includes Torch.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "trainer/data/windowed_dataset.h"
#include "trainer/model/network.h"
#include "trainer/train/options.h"

namespace moyo::trainer {

// The network of options.init, whose size and architecture then become options.shape; null without
// options.init. INVALID_ARGUMENT: the file is no model, or its shape is not the one asked for.
absl::StatusOr<std::shared_ptr<Network>> FirstNetwork(TrainingOptions& options);

// Fits the batch norms of a tower to some of the dataset's positions (Recalibrate), so that
// training goes on from what the file computes. Other architectures stay as they are.
absl::Status FitToGames(const std::shared_ptr<Network>& network, WindowedDataset& dataset,
                        uint64_t seed);

}  // namespace moyo::trainer
