// How well a network foretells games: the figures of `moyo-play eval`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/features/planes.h"
#include "common/go/replay.h"
#include "common/go/types.h"
#include "trainer/evaluation/breakdown.h"
#include "trainer/evaluation/evaluator.h"
#include "trainer/evaluation/example_boards.h"
#include "trainer/evaluation/symmetry_average.h"

namespace moyo::evaluation {

struct EvaluationOptions {
  // Of each game, drawn by `seed` and the game's number; all when 0.
  size_t positions_per_game = 0;
  uint64_t seed = 1;
  size_t batch_size = 128;
  // Also the mean of the answers under all eight symmetries: nine times the work.
  bool average_symmetries = false;
};

// Feeds games through a network, a batch of positions at a time. Every legal move of a 19x19 game
// is a position, passes too. Not thread-safe; the evaluator must outlive it.
class GameEvaluation {
 public:
  GameEvaluation(Evaluator& evaluator, EvaluationOptions options)
      : evaluator_(evaluator), options_(options), average_(evaluator) {}
  // True when the game counted: 19x19, sound setup, at least one legal move. INTERNAL when the
  // network fails.
  absl::StatusOr<bool> Add(const go::GameRecord& game);
  // Evaluates what is left in the last batch.
  absl::Status Finish();
  Metrics Result() const { return plain_.total(); }
  const Breakdown& plain() const { return plain_; }
  // Of the mean of eight; null when that was not asked for.
  const Breakdown* averaged() const { return options_.average_symmetries ? &averaged_ : nullptr; }
  const ExampleBoards& examples() const { return examples_; }
  uint64_t games() const { return games_; }

 private:
  absl::Status Flush();
  absl::StatusOr<std::vector<Evaluation>> Ask(Evaluator& evaluator) const;

  Evaluator& evaluator_;
  const EvaluationOptions options_;
  SymmetryAverage average_;
  Breakdown plain_, averaged_;
  ExampleBoards examples_;
  go::Replayer replayer_;
  uint64_t games_ = 0;
  std::vector<features::BitPlanes> batch_;
  std::vector<PositionFacts> facts_;
  std::vector<uint64_t> game_numbers_;  // from 1
};

// An object: that of BreakdownJson for one look, then "games" and "averaged" (another such
// object for the mean of eight, or null).
nlohmann::ordered_json GameEvaluationJson(const GameEvaluation& evaluation);

// `count` of the numbers 0..size-1, ascending, the same for the same seed on every machine; all of
// them when count is not smaller than size.
std::vector<size_t> SampleIndices(size_t size, size_t count, uint64_t seed);

}  // namespace moyo::evaluation
