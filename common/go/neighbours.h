// The points beside a point.
#pragma once

#include <utility>

#include "common/go/board.h"

namespace moyo::go {

// Calls visit(x, y) for the points beside this one.
template <typename Visit>
void ForNeighbours(const Board& board, int x, int y, const Visit& visit) {
  for (const auto& [dx, dy] : {std::pair{0, -1}, {-1, 0}, {1, 0}, {0, 1}}) {
    const int nx = x + dx, ny = y + dy;
    if (nx >= 0 && ny >= 0 && nx < board.size() && ny < board.size()) visit(nx, ny);
  }
}

}  // namespace moyo::go
