// How training goes, as whoever wants to know hears it.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "trainer/train/validation_result.h"

namespace moyo::trainer {

// A server's TrainingProgress (proto/moyo/v1/training.proto) holds the same and says more of each.
struct TrainingReport {
  uint64_t epoch = 0;   // from 1
  uint64_t epochs = 0;  // planned
  uint64_t step = 0;
  uint64_t samples = 0;
  // What step and samples were when the training that is reported began: 0, or a checkpoint's.
  uint64_t first_step = 0;
  uint64_t first_samples = 0;
  uint64_t planned_samples = 0;
  double samples_per_second = 0;  // of this process
  double learning_rate = 0;
  // Running means over the last steps.
  double loss = 0;  // weighted
  double policy_loss = 0;
  double value_loss = 0;
  double training_top1 = 0;
  ValidationResult validation;  // the last
  double feed_wait_ratio = 0;   // share of the time without data
  uint64_t checkpoints = 0;     // written by this process
  uint64_t checkpoint_bytes = 0;
  absl::Time checkpoint_written = absl::UnixEpoch();
  absl::Duration checkpoint_age;         // training that a kill now would repeat
  absl::Duration checkpoint_write_time;  // of the last one
  int ranks = 1;                         // trainers that learn together now
  uint64_t budget_bytes = 0;
  uint64_t planned_bytes = 0;  // peak by the memory plan
  bool finished = false;
  std::string error;           // why training stopped
  std::string dataset_digest;  // 32 bytes
};

// Called from the training loop about once a second: must not hold it up.
class TrainingObserver {
 public:
  virtual ~TrainingObserver() = default;
  virtual void OnReport(const TrainingReport& report) = 0;
};

}  // namespace moyo::trainer
