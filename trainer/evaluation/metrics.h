// Top-1, top-5, nats and value accuracy: the figures of `moyo-play eval`.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "trainer/evaluation/evaluator.h"

namespace moyo::evaluation {

struct Metrics {
  uint64_t positions = 0;
  double top1 = 0;  // share of positions whose played move is the most probable one
  double top5 = 0;  // among the five most probable
  double nats = 0;  // mean of -ln p(played move)
  // Share of the positions from games with a known winner where the value's sign names it.
  std::optional<double> value_accuracy = {};
};

// An object with exactly the five names above; null where a figure is not known.
nlohmann::ordered_json MetricsJson(const Metrics& metrics);
// To six digits, more than a figure of so many positions is worth.
double ToSixDigits(double value);

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

}  // namespace moyo::evaluation
