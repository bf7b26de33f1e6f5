#include "play/scoring.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace moyo::play {

std::string FormatScore(const go::AreaCount& area, int komi_half_points) {
  const int margin = MarginHalfPoints(area, komi_half_points);
  if (margin == 0) return "0";
  const int half_points = std::abs(margin);
  return absl::StrCat(margin > 0 ? "B+" : "W+", half_points / 2, half_points % 2 ? ".5" : "");
}

}  // namespace moyo::play
