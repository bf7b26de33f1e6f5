#include "trainer/data/dataset.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/features/planes.h"

namespace moyo::trainer {
namespace {

// The hash as a number in [0, 100).
double HashPercent(const uint8_t* hash) {
  uint64_t value = 0;
  std::memcpy(&value, hash, sizeof(value));
  return static_cast<double>(value >> 11) / static_cast<double>(uint64_t{1} << 53) * 100.0;
}

}  // namespace

void Positions::Add(const GameRef& game, uint32_t moves) {
  if (moves == 0) return;
  ends_.push_back(size() + moves);
  games_.push_back(game);
}

Positions::Place Positions::Find(uint64_t position) const {
  const size_t at = std::upper_bound(ends_.begin(), ends_.end(), position) - ends_.begin();
  const uint64_t begin = at == 0 ? 0 : ends_[at - 1];
  return {&games_[at], static_cast<uint32_t>(position - begin)};
}

// Into the one shard that a dataset of validation games has.
void Dataset::CopyHeldOut(const shard::Columns& columns, const GameRef& game) {
  if (shards_.empty()) shards_.emplace_back();
  shard::Columns& kept = shards_.front();
  GameRef ref{.row = static_cast<uint32_t>(kept.games()),
              .first_move = kept.positions(),
              .first_setup = kept.setup_x.size()};
  go::GameRecord record;
  shard::ReadGame(columns, game.row, game.first_move, game.first_setup, record);
  Hash128 hash;
  std::memcpy(&hash, &columns.game_hash[game.row * sizeof(hash)], sizeof(hash));
  kept.Append(record, hash);
  validation_.Add(ref, columns.game_moves[game.row]);
}

void Dataset::AddShard(shard::Columns columns, std::span<const uint32_t> left_out_rows) {
  GameRef ref{.shard = static_cast<uint32_t>(shards_.size())};
  for (; ref.row < columns.games(); ++ref.row) {
    const bool left_out = std::binary_search(left_out_rows.begin(), left_out_rows.end(), ref.row);
    if (!left_out && columns.game_board_size[ref.row] != features::kBoardSize) {
      ++other_sizes_;
    } else if (!left_out) {
      const bool held_out =
          HashPercent(&columns.game_hash[ref.row * sizeof(Hash128)]) < validation_percent_;
      if (keep_ == Keep::kValidation) {
        if (held_out) CopyHeldOut(columns, ref);
      } else if (!held_out || keep_ == Keep::kAll) {
        (held_out ? validation_ : training_).Add(ref, columns.game_moves[ref.row]);
      }
    }
    ref.first_move += columns.game_moves[ref.row];
    ref.first_setup += columns.game_setup[ref.row];
  }
  if (keep_ != Keep::kValidation) shards_.push_back(std::move(columns));
}

uint64_t Dataset::EstimateBytes(uint64_t games, uint64_t positions) {
  return 2 * positions + (40 + sizeof(GameRef) + sizeof(uint64_t)) * games;
}

uint64_t Dataset::memory_bytes() const {
  uint64_t bytes = 0;
  for (const shard::Columns& columns : shards_) {
    bytes += 2 * columns.positions() + 40 * columns.games() + 2 * columns.setup_x.size();
  }
  return bytes + (training_.games() + validation_.games()) * (sizeof(GameRef) + sizeof(uint64_t));
}

void Dataset::Read(const GameRef& game, go::GameRecord& record) const {
  shard::ReadGame(shards_[game.shard], game.row, game.first_move, game.first_setup, record);
}

}  // namespace moyo::trainer
