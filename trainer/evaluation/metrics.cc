#include "trainer/evaluation/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_format.h"

namespace moyo::evaluation {

std::string MetricsJson(const Metrics& metrics) {
  const std::string value_accuracy =
      metrics.value_accuracy ? absl::StrFormat("%.6f", *metrics.value_accuracy) : "null";
  return absl::StrFormat(
      R"({"positions": %d, "top1": %.6f, "top5": %.6f, "nats": %.6f, "value_accuracy": %s})",
      metrics.positions, metrics.top1, metrics.top5, metrics.nats, value_accuracy);
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
