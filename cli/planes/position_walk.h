// The positions of shards, in order, as the network sees them: the one before every move of every
// 19x19 game.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "cli/planes/shard_feed.h"
#include "common/features/planes.h"
#include "common/go/board.h"

namespace moyo::cli {

struct PlaneSample {
  features::BitPlanes planes;
  uint16_t policy = 0;  // features::PolicyIndex of the move played
  uint16_t ply = 0;     // moves before it
  int8_t winner = 0;    // 1: the side to move won; -1: lost; 0: a draw, or not known
  bool winner_known = false;
  // The first eight bytes of the game's hash, which symmetric copies of a game share.
  uint64_t game_hash = 0;
};

// What became of everything read. Every position of a game that is not left out is in exactly one
// of the four counts of positions.
struct WalkCounts {
  uint64_t positions = 0;    // given
  uint64_t games = 0;        // of which at least one position was given
  uint64_t not_every = 0;    // positions passed over because of `every`
  uint64_t over_limit = 0;   // positions after `limit`, in shards that were begun
  uint64_t other_sizes = 0;  // games on another board than 19x19, and their positions
  uint64_t other_positions = 0;
  uint64_t copies = 0;  // games that the manifest leaves out
};

// Reuses its buffers. Not thread-safe.
class PositionWalk {
 public:
  struct Options {
    uint64_t every = 1;  // gives positions 0, every, 2 * every, ... of the whole dataset
    uint64_t limit = UINT64_MAX;
  };
  explicit PositionWalk(Options options) : options_(options) {}

  using Sink = std::function<absl::Status(const PlaneSample&)>;
  // Ends early with the sink's error.
  absl::Status Walk(const FedShard& shard, const Sink& sink);
  bool at_limit() const { return counts_.positions >= options_.limit; }
  const WalkCounts& counts() const { return counts_; }

 private:
  absl::Status WalkGame(const Sink& sink);

  const Options options_;
  WalkCounts counts_;
  uint64_t met_ = 0;  // positions of 19x19 games so far
  go::GameRecord game_;
  go::Board board_;
  features::History history_;
  PlaneSample sample_;
};

}  // namespace moyo::cli
