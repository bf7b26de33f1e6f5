// Replays a game and finds the first move that is not legal.
#pragma once

#include <array>
#include <cstdint>

#include "common/go/board.h"
#include "common/go/types.h"

namespace moyo::go {

struct ReplayResult {
  bool setup_ok = true;      // every setup stone on the board and every chain with a liberty
  uint32_t legal_moves = 0;  // moves before the first illegal one; all when the game is legal
  Legality legality = Legality::kLegal;  // of the move after them
  uint32_t superko_repeats = 0;          // positions that stood before; noted, not refused
};

// Not thread-safe; reuse one for many games, it allocates nothing.
class Replayer {
 public:
  ReplayResult Replay(const GameRecord& game);
  const Board& board() const { return board_; }  // after the last legal move

 private:
  // Notes the position; true when it stood before in this game.
  bool SeenBefore(uint64_t stones_hash);

  // Open addressing; an entry of another game (generation) is empty. Bounded: after kMaxSeen
  // positions repeats are no longer counted.
  static constexpr size_t kSlots = 4096;
  static constexpr uint32_t kMaxSeen = 3000;
  struct Slot {
    uint64_t hash = 0;
    uint32_t game = 0;
  };
  Board board_;
  std::array<Slot, kSlots> seen_{};
  uint32_t game_ = 0;
  uint32_t seen_count_ = 0;
};

// Whether the ruleset lets a stone be played that leaves its own chain without a liberty.
Board::Suicide SuicideOf(Ruleset ruleset);

}  // namespace moyo::go
