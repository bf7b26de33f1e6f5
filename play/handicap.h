// Where handicap stones stand.
#pragma once

#include <vector>

#include "common/features/planes.h"
#include "common/go/types.h"

namespace moyo::play {

inline constexpr int kMaxFixedHandicap = 9;

// The customary points of 19x19, in the order in which handicaps of 2 to kMaxFixedHandicap use them
// (GTP 2, section 4.1.1).
std::vector<go::Point> FixedHandicapPoints(int stones);

}  // namespace moyo::play
