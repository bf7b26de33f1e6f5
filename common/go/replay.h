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
  void ForgetPositions();
  // Notes the position; true when it stood before in this game.
  bool SeenBefore(uint64_t stones_hash, int stones);

  // A position can only repeat one with as many stones: those are chained, latest first. Bounded:
  // after kMaxSeen positions repeats are no longer counted.
  static constexpr uint16_t kMaxSeen = 3000;
  static constexpr uint16_t kNone = 0xffff;
  struct Seen {
    uint64_t hash;
    uint16_t before;  // with as many stones
  };
  Board board_;
  std::array<Seen, kMaxSeen> seen_;
  uint16_t seen_count_ = 0;
  std::array<uint16_t, kMaxBoardSize * kMaxBoardSize + 1> latest_;  // by the number of stones
};

// Whether the ruleset lets a stone be played that leaves its own chain without a liberty.
Board::Suicide SuicideOf(Ruleset ruleset);

}  // namespace moyo::go
