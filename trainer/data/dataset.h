// The games of a manifest in memory, split into training and validation by game hash.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/base/digest.h"
#include "common/go/types.h"
#include "common/shard/shard.h"

namespace moyo::trainer {

// Where a game lies.
struct GameRef {
  uint32_t shard = 0;
  uint32_t row = 0;
  uint64_t first_move = 0;
  uint64_t first_setup = 0;
};

// Positions of a set of games, numbered game after game: position p is the one before move p's ply.
class Positions {
 public:
  void Add(const GameRef& game, uint32_t moves);
  uint64_t size() const { return ends_.empty() ? 0 : ends_.back(); }
  size_t games() const { return games_.size(); }
  struct Place {
    const GameRef* game;
    uint32_t ply;
  };
  Place Find(uint64_t position) const;

 private:
  std::vector<GameRef> games_;
  std::vector<uint64_t> ends_;  // one past each game's last position
};

// Which games a dataset keeps.
enum class Keep : uint8_t { kAll, kTraining, kValidation };

// About two bytes a position and 70 a game. Immutable once built; then thread-safe.
class Dataset {
 public:
  // Games whose hash falls into the first `validation_percent` of its range are for validation:
  // symmetric copies of a game share its hash, so they fall on the same side.
  // Under kTraining, validation games are in no Positions; under kValidation, nothing else is kept.
  explicit Dataset(double validation_percent, Keep keep = Keep::kAll)
      : validation_percent_(validation_percent), keep_(keep) {}

  // Adds a shard in manifest order, without the left-out rows. Only 19x19 games are kept.
  void AddShard(shard::Columns columns, std::span<const uint32_t> left_out_rows);

  const Positions& training() const { return training_; }
  const Positions& validation() const { return validation_; }
  uint64_t other_sizes() const { return other_sizes_; }  // games left aside
  uint64_t memory_bytes() const;
  // What so many games take, about.
  static uint64_t EstimateBytes(uint64_t games, uint64_t positions);
  void Read(const GameRef& game, go::GameRecord& record) const;

 private:
  void CopyHeldOut(const shard::Columns& columns, const GameRef& game);

  const double validation_percent_;
  const Keep keep_;
  std::vector<shard::Columns> shards_;
  Positions training_;
  Positions validation_;
  uint64_t other_sizes_ = 0;
};

}  // namespace moyo::trainer
