// Everything that a person can choose about training.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "common/rpc/server_access.h"
#include "trainer/data/sampler.h"
#include "trainer/model/policy_net.h"

namespace moyo::trainer {

enum class OptimizerKind : uint8_t { kAdamW, kSgd, kMuon };
enum class ScheduleKind : uint8_t { kConstant, kCosine };

struct TrainingOptions {
  rpc::ServerAccess server;
  std::string run_dir;
  NetShape shape;
  uint64_t epochs = 5;
  uint32_t batch_size = 256;
  double learning_rate = 0.001;
  ScheduleKind schedule = ScheduleKind::kCosine;
  OptimizerKind optimizer = OptimizerKind::kAdamW;
  double weight_decay = 1e-4;  // of convolution and linear weights; times the learning rate
  double warmup = 0.02;        // share of the schedule
  double value_weight = 0.25;  // of the value loss
  double clip_norm = 5.0;      // of all gradients together; 0: none
  Augment augment = Augment::kEightSymmetries;
  double validation_percent = 5;
  uint64_t validation_positions = 20000;  // at the end; a quarter in between
  absl::Duration validation_interval = absl::Minutes(2);
  absl::Duration checkpoint_interval = absl::Minutes(1);
  absl::Duration max_time = absl::InfiniteDuration();  // of training, over all restarts
  uint64_t memory_budget_bytes = uint64_t{10} << 30;
  uint64_t seed = 1;
  int threads = 0;    // 0: all CPUs of this process
  bool fork = false;  // go on from a checkpoint in spite of changed options
};

}  // namespace moyo::trainer
