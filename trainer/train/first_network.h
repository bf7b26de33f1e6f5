// The network that a training starts from when it is given one. For trainer/ only: includes Torch.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "trainer/data/dataset.h"
#include "trainer/model/network.h"
#include "trainer/train/options.h"

namespace moyo::trainer {

// The network of options.init, whose size and architecture then become options.shape; null without
// options.init. The batch norms of a tower are fitted to the dataset's positions first
// (Recalibrate), so that training goes on from what the file computes. INVALID_ARGUMENT: the file
// is no model, or its shape is not the one asked for. FAILED_PRECONDITION: no training position.
absl::StatusOr<std::shared_ptr<Network>> FirstNetwork(TrainingOptions& options,
                                                      const Dataset& dataset);

}  // namespace moyo::trainer
