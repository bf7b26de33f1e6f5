// Everything that resuming needs, in one file, published atomically. For trainer/ only: includes
// Torch.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "trainer/checkpoint/training_state.h"
#include "trainer/train/learner.h"
#include "trainer/train/options.h"

namespace moyo::trainer {

inline constexpr int kCheckpointFormat = 2;

struct Checkpoint {
  TrainingState state;
  torch::serialize::InputArchive learner;  // for Learner::Load
  uint64_t file_bytes = 0;
  absl::Time written;
};

// The file's content, to be sent to another trainer of the same options, and back. INTERNAL: Torch
// fails.
absl::StatusOr<std::string> CheckpointBytes(const TrainingOptions& options,
                                            const TrainingState& state, const Learner& learner);
absl::StatusOr<Checkpoint> CheckpointOf(const std::string& bytes);

// Writes FOLDER/step-XXXXXXXXXX.pt and removes all but the newest options.keep_checkpoints and the
// one of state.best_step. Returns its size in bytes.
absl::StatusOr<uint64_t> SaveCheckpoint(const std::string& folder, const TrainingOptions& options,
                                        const TrainingState& state, const Learner& learner);

// The newest readable checkpoint; empty when there is none. A fork with changed options is never
// `finished`. The dataset may have grown since: the caller compares. Damage is noticed to the bit:
// the one before it is taken. FAILED_PRECONDITION when an option that decides the sequence differs:
// names it (under options.fork only those that the stored weights cannot follow). DATA_LOSS when
// there are checkpoints and none can be read.
absl::StatusOr<std::optional<Checkpoint>> FindCheckpoint(const std::string& folder,
                                                         const TrainingOptions& options);

// The network to use of the checkpoint of that step. NOT_FOUND when it is gone or unreadable.
absl::StatusOr<std::shared_ptr<Network>> ReadNetworkOfStep(const std::string& folder, uint64_t step,
                                                           const NetShape& shape);

}  // namespace moyo::trainer
