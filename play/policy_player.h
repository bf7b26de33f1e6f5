// From an evaluation to a move: the best legal points, and the choice of one.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "absl/status/statusor.h"
#include "play/game_state.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

struct Suggestion {
  go::Point point;
  float probability = 0;  // the network's, over all 362 entries
};

// True for an empty point that is an eye of `color`: its neighbours are all that colour, and either
// one chain or with too few diagonals left to the opponent to make the eye false (none on the edge,
// one in the middle). Filling it is never right.
bool IsOwnEye(const go::Board& board, go::Point point, go::Color color);

// The `count` most probable moves that `color` may play (GameState::MayPlay), best first, passes
// included. Ties go to the lower policy index.
std::vector<Suggestion> TopMoves(const GameState& state, go::Color color,
                                 const evaluation::Evaluation& evaluation, size_t count);

struct PlayerOptions {
  // 0 takes the most probable move; 1 draws by the network's probabilities; between them sharper.
  double temperature = 0;
  // Resigns after `resign_after` own turns in a row whose value is below this; never at -1.
  double resign_below = -0.95;
  int resign_after = 3;
  // Never before this many moves of the game.
  size_t resign_from_move = 100;
  uint64_t seed = 1;
};

struct Decision {
  enum class Kind : uint8_t { kMove, kResign };
  Kind kind = Kind::kMove;
  go::Point point = {};  // of a move
  float probability = 0;
  float value = 0;  // for the side that decides
};

// Chooses moves for one game. Not thread-safe; the evaluator must outlive it.
class PolicyPlayer {
 public:
  PolicyPlayer(evaluation::Evaluator& evaluator, PlayerOptions options)
      : evaluator_(evaluator), options_(options), random_(options.seed) {}

  // Never illegal, never a repeated position, never an own eye. A pass when nothing else is left,
  // when the network prefers it, after kPassFromMove moves, or when the opponent has passed from
  // move kAcceptPassFromMove on and the area counts as won. Counts towards resignation.
  absl::StatusOr<Decision> Decide(const GameState& state, go::Color color);
  // The most probable such move, whatever the options; counts nothing.
  absl::StatusOr<Decision> Best(const GameState& state, go::Color color);
  // For what is left when the game is over: as Best, but a pass only when nothing else is left.
  absl::StatusOr<Decision> Cleanup(const GameState& state, go::Color color);
  // Forget the lost turns counted so far.
  void NewGame() { lost_turns_ = {}; }
  // The turns in a row that counted towards resignation, for a game that another player goes on
  // with.
  int lost_turns(go::Color color) const { return lost_turns_[static_cast<int>(color)]; }
  void set_lost_turns(go::Color color, int turns) { lost_turns_[static_cast<int>(color)] = turns; }

  // Two boards' worth of moves: a game between players that never pass ends here.
  static constexpr size_t kPassFromMove = 2 * features::kPointCount;
  // Before it, a pass is a turn left out (handicap, a teaching game), not an end of the game.
  static constexpr size_t kAcceptPassFromMove = 90;

 private:
  std::vector<Suggestion> Playable(const GameState& state, go::Color color,
                                   const evaluation::Evaluation& evaluation) const;
  Suggestion Draw(const std::vector<Suggestion>& moves);
  bool Resigns(const GameState& state, go::Color color, float value);

  evaluation::Evaluator& evaluator_;
  const PlayerOptions options_;
  std::mt19937_64 random_;
  std::array<int, 3> lost_turns_{};  // in a row, by colour
};

}  // namespace moyo::play
