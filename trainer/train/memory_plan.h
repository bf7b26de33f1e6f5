// What training will need, reckoned before it starts.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "trainer/train/options.h"

namespace moyo::trainer {

// Smaller passes leave batch norm too few samples to be planned unasked.
inline constexpr uint32_t kLeastPlannedMicroBatch = 16;

struct MemoryPlan {
  uint64_t process_bytes = 0;  // Torch, gRPC, code
  uint64_t dataset_bytes = 0;
  uint64_t model_bytes = 0;  // weights, gradients, optimizer, average
  uint64_t step_bytes = 0;   // activations of a micro-batch and the batches drawn ahead
  uint32_t micro_batch = 0;  // samples of one pass through the network
  uint64_t total_bytes() const { return process_bytes + dataset_bytes + model_bytes + step_bytes; }
  std::string ToString() const;  // one line
};

// options.micro_batch, or where that is 0 the whole batch, halved while memory is short, down to
// kLeastPlannedMicroBatch. RESOURCE_EXHAUSTED names the least budget that works.
absl::StatusOr<MemoryPlan> PlanMemory(const TrainingOptions& options, uint64_t dataset_bytes);

}  // namespace moyo::trainer
