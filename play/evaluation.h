// How well a network foretells games: the figures of `moyo-play eval`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/features/planes.h"
#include "common/go/replay.h"
#include "common/go/types.h"
#include "play/evaluator.h"

namespace moyo::play {

struct Metrics {
  uint64_t positions = 0;
  double top1 = 0;  // share of positions whose played move is the most probable one
  double top5 = 0;  // among the five most probable
  double nats = 0;  // mean of -ln p(played move)
  // Share of the positions from games with a known winner where the value's sign names it.
  std::optional<double> value_accuracy = {};
};

// One JSON object with exactly the five names above; null where a figure is not known.
std::string MetricsJson(const Metrics& metrics);

// Sums up predictions. All 362 policy entries take part, legal or not, so the figures compare with
// those of training. Of equal probabilities the lower policy index ranks first.
class MetricsSum {
 public:
  // `won`: whether the side to move won the game; nothing when that is not known.
  void Add(int played_index, std::optional<bool> won, const Evaluation& evaluation);
  Metrics Result() const;

 private:
  uint64_t positions_ = 0, top1_ = 0, top5_ = 0;
  uint64_t judged_ = 0, judged_right_ = 0;
  double nats_ = 0;
};

struct EvaluationOptions {
  // Of each game, drawn by `seed` and the game's number; all when 0.
  size_t positions_per_game = 0;
  uint64_t seed = 1;
  size_t batch_size = 128;
};

// Feeds games through a network, a batch of positions at a time. Every legal move of a 19x19 game
// is a position, passes too. Not thread-safe; the evaluator must outlive it.
class GameEvaluation {
 public:
  GameEvaluation(Evaluator& evaluator, EvaluationOptions options)
      : evaluator_(evaluator), options_(options) {}
  // True when the game counted: 19x19, sound setup, at least one legal move. INTERNAL when the
  // network fails.
  absl::StatusOr<bool> Add(const go::GameRecord& game);
  // Evaluates what is left in the last batch.
  absl::Status Finish();
  Metrics Result() const { return sum_.Result(); }
  uint64_t games() const { return games_; }

 private:
  struct Expected {
    int played_index = 0;
    std::optional<bool> won;
  };
  absl::Status Flush();

  Evaluator& evaluator_;
  const EvaluationOptions options_;
  MetricsSum sum_;
  go::Replayer replayer_;
  uint64_t games_ = 0;
  std::vector<features::BitPlanes> batch_;
  std::vector<Expected> expected_;
};

// `count` of the numbers 0..size-1, ascending, the same for the same seed on every machine; all of
// them when count is not smaller than size.
std::vector<size_t> SampleIndices(size_t size, size_t count, uint64_t seed);

}  // namespace moyo::play
