#include "cli/survey/survey_lengths.h"

namespace moyo::cli {

LengthSummary SummarizeLengths(const Counts<uint32_t>& counts) {
  LengthSummary summary;
  if (counts.empty()) return summary;
  uint64_t games = 0;
  uint64_t moves = 0;
  for (const auto& [length, count] : counts) {
    games += count;
    moves += length * count;
    summary.from[length / kLengthStep * kLengthStep] += count;
  }
  summary.least = counts.begin()->first;
  summary.most = counts.rbegin()->first;
  summary.mean = static_cast<double>(moves) / static_cast<double>(games);
  uint64_t below = 0;
  for (const auto& [length, count] : counts) {
    below += count;
    if (below * 2 < games) continue;
    summary.median = length;
    break;
  }
  return summary;
}

}  // namespace moyo::cli
