// An area count (common/go/area.h) as GTP and SGF write a result.
#pragma once

#include <string>

#include "common/go/area.h"

namespace moyo::play {

// "B+3.5", "W+12", "0" for a draw.
std::string FormatScore(const go::AreaCount& area, int komi_half_points);

}  // namespace moyo::play
