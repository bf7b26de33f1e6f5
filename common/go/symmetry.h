// The eight symmetries of the square. Symmetry s: bit 0 mirrors x, bit 1 mirrors y, then bit 2
// swaps x and y.
#pragma once

#include <utility>

#include "common/go/types.h"

namespace moyo::go {

inline constexpr int kSymmetries = 8;

inline Point Transform(Point point, int symmetry, int board_size) {
  if (point.IsPass()) return point;
  uint8_t x = (symmetry & 1) ? board_size - 1 - point.x : point.x;
  uint8_t y = (symmetry & 2) ? board_size - 1 - point.y : point.y;
  if (symmetry & 4) std::swap(x, y);
  return {x, y};
}

// Transform(Transform(p, s), InverseSymmetry(s)) == p.
inline int InverseSymmetry(int symmetry) {
  return symmetry == 5 ? 6 : symmetry == 6 ? 5 : symmetry;
}

}  // namespace moyo::go
