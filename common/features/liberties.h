// Planes of what a reader of the game counts at once and a small network learns late: liberties.
// They are a function of the stones on the board, so samples need not hold them.
//
// Planes 0 to 2: stones, of either side, in chains of 1, 2 and 3 liberties. Planes 3 to 5: empty
// points where a stone of the side to move would capture nothing and stand in a chain of 1, 2 and 3
// liberties. Ko is not looked at. Bits as in planes.h. Sources of the idea: the features of Clark
// and Storkey 2015, arXiv 1412.3409, and of AlphaGo (Silver et al., Nature 529 (2016), Methods).
#pragma once

#include <array>
#include <span>

#include "common/features/planes.h"

namespace moyo::features {

inline constexpr int kLibertyPlanes = 6;

using LibertyPlanes = std::array<go::Board::Bits, kLibertyPlanes>;

// Stones of the side to move and of the other one; no point may be in both.
LibertyPlanes CountLiberties(const go::Board::Bits& own, const go::Board::Bits& other);

// As floats (0 or 1), to the channels from `first` on of output[361][channels].
void ExpandNhwc(const LibertyPlanes& planes, int first, int channels, std::span<float> output);

}  // namespace moyo::features
