// What a run's newest checkpoint tells of it, whatever it was trained with. No Torch header is
// needed.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace moyo::trainer {

struct RunRecord {
  uint64_t step = 0;
  uint64_t samples = 0;
  uint64_t epoch = 0;  // epochs that have ended
  double elapsed_seconds = 0;
  bool finished = false;
  double best_top1 = -1;       // of what model.pt holds, by validation; -1: none yet
  uint64_t best_step = 0;      // its step
  std::string dataset_digest;  // of the epoch under way, 32 bytes
  double validation_percent = 0;
  std::string options;  // that decide the sequence, by the command line's names, as JSON
};

// Of RUN_DIR/trainer/checkpoints. NOT_FOUND: there is none that can be read.
absl::StatusOr<RunRecord> ReadRunRecord(const std::string& run_dir);

}  // namespace moyo::trainer
