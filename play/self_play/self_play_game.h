// One game of a network with itself, played until the board itself says who has each point.
#pragma once

#include <cstdint>
#include <random>

#include "absl/status/status.h"
#include "play/game_state.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

struct SelfPlayRules {
  int komi_half_points = 13;
  size_t max_moves = 722;     // then it ends without a result
  size_t opening_moves = 30;  // at temperature 1, so that no two games are alike
  // Of the moves after them. 0: the most probable; 1: by the network's probabilities.
  double temperature = 0.6;
};

// Nobody resigns, and nobody passes while a move is left that is worth playing (WorthPlaying): so
// dead stones are captured, and when two passes end the game, every stone counts as alive: the area
// (common/go/area.h) is the result. Not thread-safe.
class SelfPlayGame {
 public:
  // `seed` and the game's number decide the draws.
  SelfPlayGame(const SelfPlayRules& rules, uint64_t seed, uint64_t number);

  bool over() const {
    return state_.consecutive_passes() >= 2 || state_.moves().size() >= rules_.max_moves;
  }
  // The position whose evaluation Play wants.
  features::BitPlanes Planes() const { return state_.Planes(state_.to_move()); }
  // Draws a move and plays it. Only while the game is not over.
  absl::Status Play(const evaluation::Evaluation& evaluation);
  // The game so far, with the result by area; without one where it ended at its last move, or has
  // not ended, as stones may be dead then.
  go::GameRecord Record() const;

 private:
  go::Point Draw(evaluation::Evaluation evaluation);

  SelfPlayRules rules_;
  GameState state_;
  std::mt19937_64 random_;
};

// False for a move that helps nobody who plays until the area is settled: one that is not legal or
// repeats a position; that fills an own eye; that fills own territory, unless the network finds it
// likely (kDefence: there is something to defend) or a chain beside it is in atari; or that puts
// more than kLargestNakade own stones into atari and captures nothing, which ends a seki.
bool WorthPlaying(const GameState& state, go::Move move, float probability);
inline constexpr float kDefence = 0.1f;  // the least such probability
// No larger shape is given up to leave the opponent one eye (source: the dead shapes of
// senseis.xmp.net/?Nakade; six is the rabbity six).
inline constexpr int kLargestNakade = 6;

}  // namespace moyo::play
