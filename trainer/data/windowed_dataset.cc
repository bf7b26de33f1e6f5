#include "trainer/data/windowed_dataset.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"

namespace moyo::trainer {

WindowedDataset::WindowedDataset(std::shared_ptr<const ShardSet> shards, double validation_percent,
                                 uint64_t limit_bytes)
    : shards_(std::move(shards)),
      validation_percent_(validation_percent),
      limit_bytes_(limit_bytes),
      validation_(std::make_unique<Dataset>(validation_percent, Keep::kValidation)) {}

absl::StatusOr<std::unique_ptr<WindowedDataset>> WindowedDataset::Open(
    std::shared_ptr<const ShardSet> shards, double validation_percent, uint64_t limit_bytes) {
  std::unique_ptr<WindowedDataset> dataset(
      new WindowedDataset(std::move(shards), validation_percent, limit_bytes));
  MOYO_RETURN_IF_ERROR(dataset->ReadAll());
  if (dataset->training_positions() == 0) {
    return absl::FailedPreconditionError(
        "the dataset holds no 19x19 game to train on; see 'moyo ledger' for what became of the "
        "games");
  }
  return dataset;
}

absl::Status WindowedDataset::ReadAll() {
  auto whole = std::make_shared<Dataset>(validation_percent_, Keep::kTraining);
  uint64_t total_bytes = 0;
  for (size_t i = 0; i < shards_->size(); ++i) {
    MOYO_ASSIGN_OR_RETURN(shard::Columns columns, shards_->Read(i));
    validation_->AddShard(columns, shards_->left_out_rows(i));
    Dataset alone(validation_percent_, Keep::kTraining);
    Dataset& target = whole == nullptr ? alone : *whole;
    const uint64_t positions = target.training().size();
    const uint64_t games = target.training().games();
    const uint64_t bytes = target.memory_bytes();
    target.AddShard(std::move(columns), shards_->left_out_rows(i));
    sizes_.push_back({.positions = target.training().size() - positions,
                      .memory_bytes = target.memory_bytes() - bytes});
    training_positions_ += sizes_.back().positions;
    training_games_ += target.training().games() - games;
    total_bytes += sizes_.back().memory_bytes;
    if (total_bytes + validation_->memory_bytes() > limit_bytes_) whole.reset();
  }
  if (validation_->memory_bytes() > limit_bytes_ / 2 && whole == nullptr) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the validation games alone take ", HumanBytes(validation_->memory_bytes()),
                     " of ", HumanBytes(limit_bytes_),
                     " for games; give a larger --memory-budget or a smaller --validation-percent "
                     "(a run that goes on takes them with --fork)"));
  }
  if (whole == nullptr) return absl::OkStatus();
  for (const Window& window : Windows(0, 0)) loaded_ = window.shards;  // the one there is
  window_ = std::move(whole);
  return absl::OkStatus();
}

std::vector<Window> WindowedDataset::Windows(uint64_t seed, uint64_t epoch) const {
  const uint64_t limit_bytes = limit_bytes_ - std::min(limit_bytes_, validation_->memory_bytes());
  return PlanWindows(sizes_, limit_bytes, seed, epoch);
}

absl::StatusOr<std::shared_ptr<const Dataset>> WindowedDataset::Load(const Window& window) {
  if (window_ != nullptr && window.shards == loaded_) return window_;
  window_.reset();
  auto dataset = std::make_shared<Dataset>(validation_percent_, Keep::kTraining);
  for (const uint32_t shard : window.shards) {
    MOYO_ASSIGN_OR_RETURN(shard::Columns columns, shards_->Read(shard));
    dataset->AddShard(std::move(columns), shards_->left_out_rows(shard));
  }
  loaded_ = window.shards;
  window_ = std::move(dataset);
  return window_;
}

}  // namespace moyo::trainer
