#include "trainer/evaluation/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace moyo::evaluation {

double ToSixDigits(double value) { return std::round(value * 1e6) / 1e6; }

nlohmann::ordered_json MetricsJson(const Metrics& metrics) {
  nlohmann::ordered_json json = {{"positions", metrics.positions},
                                 {"top1", ToSixDigits(metrics.top1)},
                                 {"top5", ToSixDigits(metrics.top5)},
                                 {"nats", ToSixDigits(metrics.nats)},
                                 {"value_accuracy", nullptr}};
  if (metrics.value_accuracy) json["value_accuracy"] = ToSixDigits(*metrics.value_accuracy);
  return json;
}

void MetricsSum::Add(int played_index, std::optional<bool> won, const Evaluation& evaluation) {
  const auto& policy = evaluation.policy;
  const float played = policy[played_index];
  int rank = 0;
  for (int index = 0; index < features::kPolicySize; ++index) {
    // Written so that a NaN, which a damaged net may give, ranks every other move first.
    if (!(policy[index] < played || (policy[index] == played && index >= played_index))) ++rank;
  }
  ++positions_;
  top1_ += rank < 1;
  top5_ += rank < 5;
  // The smallest float stands for a probability that rounded to zero: the mean stays finite.
  nats_ -= std::log(std::max(std::numeric_limits<float>::min(), played));  // NaN too
  if (!won) return;
  ++judged_;
  judged_right_ += *won ? evaluation.value > 0 : evaluation.value < 0;
}

Metrics MetricsSum::Result() const {
  Metrics metrics{.positions = positions_};
  if (positions_ > 0) {
    const auto positions = static_cast<double>(positions_);
    metrics.top1 = static_cast<double>(top1_) / positions;
    metrics.top5 = static_cast<double>(top5_) / positions;
    metrics.nats = nats_ / positions;
  }
  if (judged_ > 0) {
    metrics.value_accuracy = static_cast<double>(judged_right_) / static_cast<double>(judged_);
  }
  return metrics;
}

}  // namespace moyo::evaluation
