// The training loop, and all that it keeps between steps. For trainer/ only: includes Torch.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/metrics/exposer.h"
#include "trainer/checkpoint/checkpoint.h"
#include "trainer/data/shard_source.h"
#include "trainer/train/learner.h"
#include "trainer/train/memory_plan.h"
#include "trainer/train/options.h"
#include "trainer/train/progress_reporter.h"
#include "trainer/train/training_metrics.h"

namespace moyo::trainer {

// One run of the process: resumes, trains, reports. Not thread-safe.
class Trainer {
 public:
  // options.threads: what Torch was given. `checkpoint`: what FindCheckpoint found. `first`: the
  // network to start from when it found none; null for a fresh one.
  Trainer(const TrainingOptions& options, const LoadedDataset& data, const MemoryPlan& plan,
          torch::Device device, std::optional<Checkpoint> checkpoint,
          std::shared_ptr<Network> first, metrics::Endpoint& endpoint);

  // INTERNAL when the loss is not finite: the last checkpoint stands, and the message names the
  // step, the epoch and the batch. The server hears of any error.
  absl::Status Run();

 private:
  double ElapsedSeconds() const {
    return state_.elapsed_seconds + absl::ToDoubleSeconds(absl::Now() - started_);
  }
  // 0 to 1, by samples or by time, whichever is further.
  double Progress() const;
  uint64_t Epoch() const;  // from 0

  absl::Status Resume();
  void GoOnWith(const TrainingState& now);
  absl::Status KeepModelComplete();
  absl::Status Loop();
  absl::Status Step();
  void Judge(Network& network, uint64_t positions);
  absl::Status ValidateAndKeepBest();
  absl::Status SaveState();
  absl::Status Finish();
  absl::Status Diverged(const char* what) const;
  void Report(bool force, const std::string& error = "");

  const TrainingOptions& options_;
  const LoadedDataset& data_;
  const MemoryPlan plan_;
  std::optional<Checkpoint> checkpoint_;  // until Resume has taken it over
  std::shared_ptr<Network> first_;        // so, too
  Learner learner_;
  TrainingMetrics metrics_;
  ProgressReporter reporter_;
  const uint64_t planned_samples_;

  TrainingState state_;
  absl::Time started_ = absl::Now();
  uint64_t first_sample_ = 0;  // of this process
  Batch batch_;                // the last one
  double feed_wait_ratio_ = 0;
  uint64_t checkpoints_ = 0;
  uint64_t checkpoint_bytes_ = 0;
  absl::Time checkpoint_written_ = absl::UnixEpoch();
  absl::Duration checkpoint_write_time_;
  absl::Time last_checkpoint_, last_validation_, last_report_, last_log_;
};

}  // namespace moyo::trainer
