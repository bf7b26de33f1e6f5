// What training will need, reckoned before it starts.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "trainer/train/options.h"

namespace moyo::trainer {

// Smaller passes leave batch norm too few samples to be planned unasked.
inline constexpr uint32_t kLeastPlannedMicroBatch = 16;

// Of the games, if there are as many: a smaller window would be read too often.
inline constexpr uint64_t kLeastGamesBytes = uint64_t{32} << 20;

struct MemoryPlan {
  uint64_t process_bytes = 0;  // Torch, gRPC, code
  uint64_t dataset_bytes = 0;  // all games
  uint64_t games_bytes = 0;    // the limit for games: those over it are trained in windows
  uint64_t model_bytes = 0;    // weights, gradients, optimizer, average
  uint64_t step_bytes = 0;     // activations of a micro-batch and the batches drawn ahead
  uint32_t micro_batch = 0;    // samples of one pass through the network
  // Of the games, what is in memory at once.
  uint64_t resident_bytes() const { return std::min(dataset_bytes, games_bytes); }
  uint64_t total_bytes() const {
    return process_bytes + resident_bytes() + model_bytes + step_bytes;
  }
  uint64_t Passes(uint64_t batch_size) const {
    return (batch_size + micro_batch - 1) / std::max<uint64_t>(1, micro_batch);
  }
  std::string ToString() const;  // one line
};

// Micro-batch: options.micro_batch, or where that is 0 one rank's part of the batch, halved while
// it leaves the games neither room for all nor half of the memory, down to kLeastPlannedMicroBatch.
// Games: options.games_bytes, or where that is 0 the rest. RESOURCE_EXHAUSTED names the least
// budget that works.
absl::StatusOr<MemoryPlan> PlanMemory(const TrainingOptions& options, uint64_t dataset_bytes);

}  // namespace moyo::trainer
