// The games of a manifest for training, within a limit of memory, and the validation games.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "trainer/data/dataset.h"
#include "trainer/data/shard_set.h"
#include "trainer/data/windows.h"

namespace moyo::trainer {

// Everything but Load is const and thread-safe. Load: one thread at a time.
class WindowedDataset {
 public:
  // Reads every shard once: counts the positions, keeps the validation games, and the training
  // games if all together take at most `limit_bytes`. FAILED_PRECONDITION when there is none;
  // RESOURCE_EXHAUSTED when the validation games leave too little for windows.
  static absl::StatusOr<std::unique_ptr<WindowedDataset>> Open(
      std::shared_ptr<const ShardSet> shards, double validation_percent, uint64_t limit_bytes);

  uint64_t training_positions() const { return training_positions_; }
  uint64_t training_games() const { return training_games_; }
  const Dataset& validation() const { return *validation_; }  // only validation games
  const std::string& digest() const { return shards_->digest(); }
  const std::shared_ptr<const ShardSet>& shards() const { return shards_; }
  std::vector<Window> Windows(uint64_t seed, uint64_t epoch) const;

  // The training games of a window; they live as long as the caller holds them. The last window
  // is kept for the next call, and dropped before another is read: memory never holds two.
  absl::StatusOr<std::shared_ptr<const Dataset>> Load(const Window& window);

 private:
  WindowedDataset(std::shared_ptr<const ShardSet> shards, double validation_percent,
                  uint64_t limit_bytes);
  absl::Status ReadAll();

  const std::shared_ptr<const ShardSet> shards_;
  const double validation_percent_;
  const uint64_t limit_bytes_;
  std::vector<ShardSize> sizes_;
  std::unique_ptr<Dataset> validation_;
  uint64_t training_positions_ = 0;
  uint64_t training_games_ = 0;
  std::vector<uint32_t> loaded_;  // the shards of window_
  std::shared_ptr<const Dataset> window_;
};

}  // namespace moyo::trainer
