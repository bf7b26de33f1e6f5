// Lengths of games in a few numbers.
#pragma once

#include <cstdint>

#include "cli/survey/survey_report.h"

namespace moyo::cli {

inline constexpr uint32_t kLengthStep = 50;

struct LengthSummary {
  uint32_t least = 0;
  uint32_t median = 0;  // the lower of two
  double mean = 0;
  uint32_t most = 0;
  Counts<uint32_t> from;  // games of 0 to 49 moves, 50 to 99, ... by the first number
};

LengthSummary SummarizeLengths(const Counts<uint32_t>& counts);

}  // namespace moyo::cli
