// The training loop, and all that it keeps between steps. For trainer/ only: includes Torch.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "trainer/checkpoint/checkpoint.h"
#include "trainer/data/dataset_source.h"
#include "trainer/data/feed.h"
#include "trainer/data/windowed_dataset.h"
#include "trainer/train/learner.h"
#include "trainer/train/loss_log.h"
#include "trainer/train/memory_plan.h"
#include "trainer/train/options.h"
#include "trainer/train/training_report.h"

namespace moyo::trainer {

// One run of the process: resumes, trains, reports. Not thread-safe.
class Trainer {
 public:
  // options.threads: what Torch was given. `data`: of the epoch to begin or to go on with, from
  // `source`, which knows the ones of later epochs. `checkpoint`: what FindCheckpoint found.
  // `first`: the network to start from when it found none; null for a fresh one. Of several ranks
  // only the first has these two, judges, writes files and reports; the others start from its
  // state.
  Trainer(const TrainingOptions& options, DatasetSource& source,
          std::unique_ptr<WindowedDataset> data, const MemoryPlan& plan, torch::Device device,
          std::optional<Checkpoint> checkpoint, std::shared_ptr<Network> first, Group& group,
          TrainingObserver& observer);

  // INTERNAL when the loss is not finite: the last checkpoint stands, and the message names the
  // step, the epoch and the batch. UNAVAILABLE when a rank is lost: names the step. The observer
  // hears of any error.
  absl::Status Run();
  bool finished() const { return state_.finished; }
  const std::string& dataset_digest() const { return state_.dataset_digest; }

 private:
  double ElapsedSeconds() const {
    return state_.elapsed_seconds + absl::ToDoubleSeconds(Clock::Steady().Now() - started_);
  }
  // 0 to 1, by epochs, samples or time, whichever is furthest. By epochs and not by samples, so
  // that it never goes back when games are added. Time is that of the last Agree.
  double Progress() const;
  uint64_t Index() const { return state_.samples - state_.epoch_first_sample; }
  // Of the schedule, were the dataset to stay as it is.
  uint64_t PlannedSamples() const;
  bool EpochsLeft() const { return state_.epoch < options_.epochs && Progress() < 1; }

  // What the ranks do next: rank 0 decides, any may ask to stop.
  struct Orders {
    bool stop = false;
    bool validate = false;
    bool checkpoint = false;
  };
  absl::StatusOr<Orders> Agree();
  absl::Status ShareState();
  absl::StatusOr<std::shared_ptr<const ShardSet>> NextShards();

  absl::Status Resume();
  void GoOnWithOtherGames();
  void TakeDataset();
  void JudgeBest();
  absl::Status KeepModelComplete();
  absl::Status Loop();
  absl::Status TrainEpoch();
  absl::Status BeginNextEpoch();
  absl::Status Step();
  // Validates, and notes the result in state_.validation and trainer/curve.csv.
  void Judge(Network& network, uint64_t positions);
  absl::Status ValidateAndKeepBest();
  absl::Status SaveState();
  absl::Status Finish();
  absl::Status Diverged(const char* what, uint64_t step) const;
  void Report(bool force, const std::string& error = "");

  const TrainingOptions& options_;
  DatasetSource& source_;
  std::unique_ptr<WindowedDataset> data_;
  const MemoryPlan plan_;
  std::optional<Checkpoint> checkpoint_;  // until Resume has taken it over
  std::shared_ptr<Network> first_;        // so, too
  const torch::Device device_;
  Group& group_;
  Learner learner_;
  TrainingObserver& observer_;
  LossLog loss_log_;

  TrainingState state_;
  double time_progress_ = 0;  // share of options.max_time
  bool stopping_ = false;     // a rank was asked to stop
  absl::Time started_ = Clock::Steady().Now();
  uint64_t first_step_ = 0, first_sample_ = 0;  // of this process
  Batch batch_;                                 // the last one
  absl::Duration feed_waited_;
  uint64_t checkpoints_ = 0;
  uint64_t checkpoint_bytes_ = 0;
  absl::Time checkpoint_written_ = absl::UnixEpoch();
  absl::Duration checkpoint_write_time_;
  absl::Time last_checkpoint_, last_validation_, last_report_, last_log_;
};

}  // namespace moyo::trainer
