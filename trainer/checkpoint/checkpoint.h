// Everything that resuming needs, in one file, published atomically. For trainer/ only: includes
// Torch.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "trainer/train/learner.h"
#include "trainer/train/options.h"
#include "trainer/train/validation_result.h"

namespace moyo::trainer {

inline constexpr int kCheckpointFormat = 1;

// What the automatic options came to. They decide how sums are rounded, and so the losses bit for
// bit: a resumed run takes them over.
struct ResolvedOptions {
  int threads = 0;           // 0: not known (checkpoints of the first version)
  uint32_t micro_batch = 0;  // 0: the whole batch
  uint64_t games_bytes = 0;  // limit of a window; 0: not known
};

// Running means over the last steps, as reports show them.
struct RunningMeans {
  double policy_loss = 0;
  double value_loss = 0;
  double top1 = 0;  // of training batches
  bool started = false;
};

// Where training stands; weights and optimizer stand beside it. Samples are drawn by number, so
// there is no random generator's state to keep.
struct TrainingState {
  uint64_t samples = 0;  // drawn and learned from; the next sample's number
  uint64_t step = 0;
  double elapsed_seconds = 0;   // of training, over all restarts
  double best_top1 = -1;        // of what model.pt holds
  uint64_t best_step = 0;       // its step
  ValidationResult validation;  // the last
  bool finished = false;
  uint64_t epoch = 0;               // from 0
  uint64_t epoch_first_sample = 0;  // the number of its index 0
  std::string dataset_digest;       // of this epoch, 32 bytes
  uint64_t epoch_positions = 0;     // of that dataset
  double learning_rate = 0;
  RunningMeans means;
  ResolvedOptions resolved;
};

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

// What decides the sequence of samples and updates, by the names of the command line, as JSON; and
// the names of which that of another trainer differs.
std::string SequenceText(const TrainingOptions& options);
std::vector<std::string> SequenceDifferences(const std::string& text,
                                             const TrainingOptions& options);

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
