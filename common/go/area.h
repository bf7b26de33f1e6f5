// Tromp-Taylor area: a side's stones plus the empty regions that reach only its stones. Every stone
// on the board counts as alive. Source: tromp.github.io/go.html, rule 9.
#pragma once

#include <vector>

#include "common/go/board.h"

namespace moyo::go {

struct AreaCount {
  int black = 0;
  int white = 0;
};

// Of each point, by rows from the top; kEmpty for what reaches both colours or none.
std::vector<Color> AreaOwners(const Board& board);
AreaCount CountArea(const std::vector<Color>& owners);
AreaCount CountArea(const Board& board);
// Whose the empty region is that this empty point belongs to: the one colour that it reaches, or
// kEmpty.
Color OwnerOfRegion(const Board& board, Point point);
// The stones of each chain, chains in the order of their first stones by rows from the top.
std::vector<std::vector<Point>> Chains(const Board& board);
// Black's, in half points; negative when White is ahead.
int MarginHalfPoints(const AreaCount& area, int komi_half_points);
// Whose a margin is that is Black's: above 0 Black's, below White's.
Winner WinnerBy(int margin);

}  // namespace moyo::go
