// Tromp-Taylor area score: a side's stones plus the empty regions that reach only its stones. Every
// stone on the board counts as alive. Source: tromp.github.io/go.html, rule 9.
#pragma once

#include <string>
#include <vector>

#include "common/go/board.h"

namespace moyo::play {

struct AreaCount {
  int black = 0;
  int white = 0;
};

AreaCount CountArea(const go::Board& board);
// Whose the empty region is that this empty point belongs to: the one colour that it reaches, or
// none.
go::Color OwnerOfRegion(const go::Board& board, go::Point point);
// The stones of each chain, chains in the order of their first stones by rows from the top.
std::vector<std::vector<go::Point>> Chains(const go::Board& board);
// Black's, in half points; negative when White is ahead.
int MarginHalfPoints(const AreaCount& area, int komi_half_points);
// "B+3.5", "W+12", "0" for a draw.
std::string FormatScore(const AreaCount& area, int komi_half_points);

}  // namespace moyo::play
