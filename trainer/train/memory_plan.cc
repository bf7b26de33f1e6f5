#include "trainer/train/memory_plan.h"

#include <algorithm>
#include <bit>

#include "absl/strings/str_cat.h"
#include "common/base/text.h"
#include "common/features/liberties.h"
#include "trainer/data/feed.h"

namespace moyo::trainer {
namespace {

// Measured: a process that has loaded LibTorch and run one small step.
constexpr uint64_t kProcessBytes = uint64_t{190} << 20;
// Measured for channels_last with bf16 autocast: each convolution keeps about this much for the
// backward pass.
constexpr uint64_t kBytesPerActivation = 8;

uint64_t Convolutions(const NetShape& shape) { return 2 * shape.blocks + 1; }

// Sums over 1, 2, 4, .. passes, and the one being added.
uint64_t SumCopies(uint64_t passes) { return passes > 1 ? std::bit_width(passes) + 1 : 0; }

uint64_t ModelBytes(const TrainingOptions& options, uint64_t passes) {
  const uint64_t filters = options.shape.filters;
  const uint64_t weights =
      Convolutions(options.shape) * filters * filters * 9 + 2 * 361 * 362 + 361 * 256;
  // Weights, gradients, two moments, a copy being saved, and the average with its copy.
  return weights * sizeof(float) * ((options.ema > 0 ? 7 : 5) + SumCopies(passes));
}

uint64_t StepBytes(const TrainingOptions& options, uint32_t micro_batch) {
  const uint64_t activation_bytes =
      kBytesPerActivation * (options.precision == Precision::kFp32 ? 2 : 1) * features::kPointCount;
  return micro_batch * (Convolutions(options.shape) * options.shape.filters * activation_bytes +
                        (features::kPlanes + features::kLibertyPlanes) * features::kPointCount *
                            sizeof(float)) +
         options.batch_size * Feed::kAhead *
             (sizeof(features::BitPlanes) +
              (options.ownership_weight > 0 ? features::kPointCount * sizeof(float) : 0));
}

}  // namespace

std::string MemoryPlan::ToString() const {
  return absl::StrCat(
      HumanBytes(total_bytes()), " (process ", HumanBytes(process_bytes), ", games ",
      HumanBytes(resident_bytes()),
      resident_bytes() < dataset_bytes ? absl::StrCat(" of ", HumanBytes(dataset_bytes)) : "",
      ", network ", HumanBytes(model_bytes), ", step of ", micro_batch, " samples ",
      HumanBytes(step_bytes), ")");
}

absl::StatusOr<MemoryPlan> PlanMemory(const TrainingOptions& options, uint64_t dataset_bytes) {
  const bool chosen = options.micro_batch > 0;
  MemoryPlan plan;
  plan.process_bytes = kProcessBytes;
  plan.dataset_bytes = dataset_bytes;
  const auto ranks = static_cast<uint32_t>(options.group.ranks);
  plan.micro_batch = chosen ? std::min(options.micro_batch, options.batch_size)
                            : (options.batch_size + ranks - 1) / ranks;
  const auto fill = [&] {
    plan.model_bytes = ModelBytes(options, plan.Passes(options.batch_size));
    plan.step_bytes = StepBytes(options, plan.micro_batch);
    const uint64_t base = plan.process_bytes + plan.model_bytes;
    return options.memory_budget_bytes - std::min(options.memory_budget_bytes, base);
  };
  uint64_t available = fill();
  const uint64_t wanted =
      std::min(dataset_bytes, options.games_bytes > 0 ? options.games_bytes : available / 2);
  while (!chosen && plan.step_bytes + wanted > available &&
         plan.micro_batch >= 2 * kLeastPlannedMicroBatch) {
    plan.micro_batch = (plan.micro_batch + 1) / 2;
    available = fill();
  }
  const uint64_t least = options.games_bytes > 0 ? options.games_bytes : kLeastGamesBytes;
  plan.games_bytes = least;
  if (plan.total_bytes() <= options.memory_budget_bytes) {
    if (options.games_bytes == 0) plan.games_bytes = available - plan.step_bytes;
    return plan;
  }
  return absl::ResourceExhaustedError(absl::StrCat(
      "training needs ", plan.ToString(), ", over the budget of ",
      HumanBytes(options.memory_budget_bytes), "; give --memory-budget ",
      (plan.total_bytes() >> 20) + 1, "MiB", chosen ? " or a smaller --micro-batch" : ""));
}

}  // namespace moyo::trainer
