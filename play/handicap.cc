#include "play/handicap.h"

#include "common/go/vertex.h"

namespace moyo::play {

std::vector<go::Point> FixedHandicapPoints(int stones) {
  static constexpr const char* kOrder[] = {"D4", "Q16", "D16", "Q4", "D10", "Q10", "K4", "K16"};
  std::vector<go::Point> points;
  const bool middle = stones == 5 || stones == 7 || stones == 9;
  for (int i = 0; i < stones - (middle ? 1 : 0); ++i) {
    points.push_back(*go::ParseVertex(kOrder[i], features::kBoardSize));
  }
  if (middle) points.push_back(*go::ParseVertex("K10", features::kBoardSize));
  return points;
}

}  // namespace moyo::play
