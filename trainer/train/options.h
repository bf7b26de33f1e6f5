// Everything that a person can choose about training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "trainer/data/sampler.h"
#include "trainer/group/group_options.h"
#include "trainer/model/policy_net.h"

namespace moyo::trainer {

// Stored: do not renumber.
enum class OptimizerKind : uint8_t { kAdamW, kSgd, kMuon };
enum class ScheduleKind : uint8_t { kConstant, kCosine, kStep };
// kAuto, never stored: the checkpoint's, or what is fastest on the device.
enum class Precision : uint8_t { kBf16, kFp32, kFp16, kAuto };

enum class DeviceKind : uint8_t { kAuto, kCpu, kCuda };  // kAuto: CUDA where there is a GPU

// A good highest rate of the cosine schedule at 128 positions a step.
constexpr double DefaultLearningRate(OptimizerKind optimizer) {
  switch (optimizer) {
    case OptimizerKind::kAdamW:
      return 0.001;
    case OptimizerKind::kSgd:
      return 0.05;
    case OptimizerKind::kMuon:
      break;
  }
  return 0.004;
}

// The defaults are the best recipe found (trainer/README.md).
struct TrainingOptions {
  std::string run_dir = {};
  // Weights to start from: a model.pt or a Leela Zero file; empty: random ones.
  std::string init = {};
  bool shape_from_init = true;  // false: the file must be of `shape`
  GroupOptions group = {};
  NetShape shape = {.blocks = 6, .filters = 64, .architecture = Architecture::kGlobalPooling};
  uint64_t epochs = 5;
  uint64_t max_samples = 0;  // end of the schedule in samples; 0: epochs alone decide
  uint32_t batch_size = 128;
  uint32_t micro_batch = 0;  // samples of one pass through the network; 0: planned from the budget
  Precision precision = Precision::kAuto;
  double loss_scale = 65536;  // the first one, under kFp16
  OptimizerKind optimizer = OptimizerKind::kMuon;
  double learning_rate = DefaultLearningRate(OptimizerKind::kMuon);
  ScheduleKind schedule = ScheduleKind::kCosine;
  std::vector<double> decay_at = {0.5, 0.75};  // kStep: shares of the schedule, ascending
  double decay_factor = 0.1;                   // kStep: of the rate, at each of them
  double weight_decay = 1e-4;   // of convolution and linear weights; times the learning rate
  double warmup = 0.02;         // share of the schedule
  double policy_weight = 1;     // of the policy loss
  double value_weight = 0.25;   // of the value loss
  double ownership_weight = 0;  // of the loss of who has each point in the end; 0: not learned
  double label_smoothing = 0;   // share of the policy target spread over all 362 moves
  double ema = 0;               // decay a step of the averaged weights; 0: none
  double clip_norm = 5.0;       // of all gradients together; 0: none
  Augment augment = Augment::kEightSymmetries;
  double validation_percent = 5;
  uint64_t validation_positions = 20000;  // at the end; a quarter in between
  absl::Duration validation_interval = absl::Minutes(2);
  absl::Duration checkpoint_interval = absl::Minutes(1);
  absl::Duration max_time = absl::InfiniteDuration();  // of training, over all restarts
  uint64_t memory_budget_bytes = uint64_t{10} << 30;
  uint64_t games_bytes = 0;  // most memory for games, more are trained in windows; 0: planned
  uint64_t start_after = 0;  // shards to wait for before training; 0: the whole parse
  uint64_t seed = 1;
  DeviceKind device = DeviceKind::kAuto;
  int threads = 0;            // 0: the checkpoint's, or all CPUs of this process
  std::string loss_log = {};  // file for the losses of each step; empty: none
  bool fork = false;          // go on from a checkpoint in spite of changed options
  int keep_checkpoints = 3;   // the newest; the best one is kept besides
};

}  // namespace moyo::trainer
