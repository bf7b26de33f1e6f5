#include "trainer/train/memory_plan.h"

#include "absl/strings/str_cat.h"
#include "common/base/text.h"
#include "common/features/planes.h"
#include "trainer/data/feed.h"

namespace moyo::trainer {
namespace {

// Measured: a process that has loaded LibTorch and run one small step.
constexpr uint64_t kProcessBytes = uint64_t{190} << 20;
// Measured for channels_last with bf16 autocast: each convolution keeps about this much for the
// backward pass.
constexpr uint64_t kBytesPerActivation = 8;

}  // namespace

std::string MemoryPlan::ToString() const {
  return absl::StrCat(HumanBytes(total_bytes()), " (process ", HumanBytes(process_bytes),
                      ", games ", HumanBytes(dataset_bytes), ", network ", HumanBytes(model_bytes),
                      ", step ", HumanBytes(step_bytes), ")");
}

absl::StatusOr<MemoryPlan> PlanMemory(const TrainingOptions& options, uint64_t dataset_bytes) {
  const uint64_t filters = options.shape.filters;
  const uint64_t convolutions = 2 * options.shape.blocks + 1;
  const uint64_t weights = convolutions * filters * filters * 9 + 2 * 361 * 362 + 361 * 256;
  MemoryPlan plan;
  plan.process_bytes = kProcessBytes;
  plan.dataset_bytes = dataset_bytes;
  plan.model_bytes =
      weights * sizeof(float) * 5;  // weights, gradients, two moments, a copy being saved
  plan.step_bytes =
      options.batch_size * (convolutions * filters * features::kPointCount * kBytesPerActivation +
                            features::kPlanes * features::kPointCount * sizeof(float) +
                            Feed::kAhead * sizeof(features::BitPlanes));
  if (plan.total_bytes() > options.memory_budget_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("training needs ", plan.ToString(), ", over the budget of ",
                     HumanBytes(options.memory_budget_bytes), "; give --memory-budget ",
                     (plan.total_bytes() >> 20) + 1, "MiB or a smaller --batch-size"));
  }
  return plan;
}

}  // namespace moyo::trainer
