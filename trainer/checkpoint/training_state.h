// Where training stands, beside its weights and optimizer, and as a checkpoint keeps it.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "trainer/train/options.h"
#include "trainer/train/validation_result.h"

namespace moyo::trainer {

// What the automatic options came to, and what the weights were before the first step. They decide
// the losses bit for bit: a resumed run takes them over.
struct ResolvedOptions {
  int threads = 0;           // 0: not known (checkpoints of the first version)
  uint32_t micro_batch = 0;  // 0: the whole batch
  uint64_t games_bytes = 0;  // limit of a window; 0: not known
  // These are kept among the options.
  Precision precision = Precision::kBf16;
  std::string init = {};  // the file that the first weights came from; empty: none
  NetShape shape = {};
};

// Which validation positions: top-1 of other ones differs by more than two networks do.
struct JudgedBy {
  uint64_t positions = 0;  // of the dataset, at most; 0: not known (earlier checkpoints)
  double percent = 0;      // of the games held out
  bool operator==(const JudgedBy&) const = default;
};

// Running means over the last steps, as reports show them.
struct RunningMeans {
  double policy_loss = 0;
  double value_loss = 0;
  double ownership_loss = 0;
  double top1 = 0;  // of training batches
  bool started = false;
};

// Where training stands; weights and optimizer stand beside it. Samples are drawn by number, so
// there is no random generator's state to keep.
struct TrainingState {
  uint64_t samples = 0;  // drawn and learned from; the next sample's number
  uint64_t step = 0;
  double elapsed_seconds = 0;  // of training, over all restarts
  // Learned from in this schedule: `samples`, less what a change of games renumbered.
  uint64_t learned = 0;
  double best_top1 = -1;        // of what model.pt holds
  uint64_t best_step = 0;       // its step
  JudgedBy judged_by;           // best_top1
  double best_value_scale = 1;  // with which model.pt was saved
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

nlohmann::json ToJson(const TrainingState& state);
// Throws nlohmann::json's exceptions for what ToJson did not make. Keys that came later have their
// defaults.
TrainingState StateFromJson(const nlohmann::json& json);

}  // namespace moyo::trainer
