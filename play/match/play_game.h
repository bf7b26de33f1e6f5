// One game between two players, refereed and scored.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/go/types.h"
#include "play/match/match_player.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

struct GameRules {
  int komi_half_points = 13;
  size_t max_moves = 722;              // then it is scored as it stands
  std::vector<go::Move> opening = {};  // told to both before the first move
};

enum class GameEnd : uint8_t { kPasses, kResignation, kMoveBound, kIllegalMove, kFailure };
// "passes", "resignation", "move bound", "illegal move", "failure".
const char* GameEndName(GameEnd end);

struct GameOutcome {
  go::GameRecord record;  // with komi, winner and margin
  GameEnd end = GameEnd::kPasses;
  std::string result;    // as SGF's RE: "B+R", "W+3.5", "0" for a draw, "B+F" when White forfeits
  absl::Status failure;  // of the loser's program, when that was the end
};

// Boards are judged here: simple ko and suicide are illegal, and who plays an illegal move, answers
// what is no move, refuses a legal one, ends or hangs forfeits the game. After two passes or
// max_moves the first of `judges` that can count does; when none can, area counting with every
// stone alive. Errors: a player that cannot begin a game, or fails with another code than
// MatchPlayer names.
absl::StatusOr<GameOutcome> PlayGame(MatchPlayer& black, MatchPlayer& white, const GameRules& rules,
                                     const std::vector<MatchPlayer*>& judges);

// "B+3.5" to winner and margin in half points, 0 half points for a draw ("0", "draw", "jigo").
// INVALID_ARGUMENT for other text.
struct Score {
  go::Winner winner = go::Winner::kDraw;
  int margin_half_points = 0;
};
absl::StatusOr<Score> ParseScore(std::string_view text);

// `plies` moves drawn by the network's probabilities, the same for the same seed; ends early where
// it passes. Without a network: one stone in each corner, at most four, on the third to fifth
// lines.
absl::StatusOr<std::vector<go::Move>> DrawOpening(evaluation::Evaluator* evaluator, int plies,
                                                  uint64_t seed);

}  // namespace moyo::play
