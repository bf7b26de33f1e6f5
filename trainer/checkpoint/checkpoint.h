// Everything that resuming needs, in one file, published atomically. For trainer/ only: includes
// Torch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "trainer/model/tower.h"
#include "trainer/train/optimizer.h"
#include "trainer/train/options.h"
#include "trainer/train/validator.h"

namespace moyo::trainer {

inline constexpr int kCheckpointFormat = 1;
inline constexpr int kCheckpointsKept = 3;

// Where training stands; weights and optimizer stand beside it. Samples are drawn by number, so
// there is no random generator's state to keep.
struct TrainingState {
  uint64_t samples = 0;  // drawn and learned from; the next sample's number
  uint64_t step = 0;
  double elapsed_seconds = 0;   // of training, over all restarts
  double best_top1 = -1;        // of what model.pt holds
  ValidationResult validation;  // the last
  bool finished = false;
  std::string dataset_digest;    // 32 bytes; what `samples` counts in
  uint64_t epoch_positions = 0;  // of that dataset
};

// Writes CHECKPOINTS/step-XXXXXXXXXX.pt and removes all but the last kCheckpointsKept. Returns its
// size in bytes.
absl::StatusOr<uint64_t> SaveCheckpoint(const std::string& folder, const TrainingOptions& options,
                                        const TrainingState& state, const Tower& tower,
                                        const Optimizer& optimizer);

// The newest readable checkpoint into tower and optimizer; empty when there is none. A fork with
// changed options is never `finished`.
// The dataset may have grown since: the caller compares. FAILED_PRECONDITION when an option that
// decides the sequence differs: names it (under options.fork only those that the stored weights
// cannot follow). DATA_LOSS when there are checkpoints and none can be read.
absl::StatusOr<std::optional<TrainingState>> LoadCheckpoint(const std::string& folder,
                                                            const TrainingOptions& options,
                                                            Tower& tower, Optimizer& optimizer);

}  // namespace moyo::trainer
