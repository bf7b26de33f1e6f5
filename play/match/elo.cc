#include "play/match/elo.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace moyo::play {
namespace {

constexpr double kZ = 1.959963984540054;  // 95%, two-sided
constexpr double kTiny = 1e-12;

std::optional<double> Elo(double score) {
  if (score <= kTiny || score >= 1 - kTiny) return std::nullopt;
  return 400 * std::log10(score / (1 - score));
}

}  // namespace

EloEstimate EstimateElo(const GameTally& tally) {
  if (tally.games() == 0) return {};
  const double n = static_cast<double>(tally.games());
  const double p = tally.score();
  const double scale = 1 + kZ * kZ / n;
  const double middle = (p + kZ * kZ / (2 * n)) / scale;
  const double half = kZ * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n)) / scale;
  return {.elo = Elo(p), .low = Elo(middle - half), .high = Elo(middle + half)};
}

std::string FormatElo(const EloEstimate& estimate) {
  if (estimate.elo) {
    return absl::StrFormat("%+.0f (%+.0f to %+.0f)", *estimate.elo,
                           estimate.low.value_or(-INFINITY), estimate.high.value_or(INFINITY));
  }
  if (estimate.low) return absl::StrFormat("over %+.0f", *estimate.low);
  if (estimate.high) return absl::StrFormat("under %+.0f", *estimate.high);
  return "not known";
}

}  // namespace moyo::play
