#include "play/scoring.h"

#include <bitset>
#include <cstdlib>
#include <vector>

#include "absl/strings/str_cat.h"

namespace moyo::play {

namespace {

// Calls visit(x, y) for the points beside this one.
template <typename Visit>
void ForNeighbours(const go::Board& board, int x, int y, const Visit& visit) {
  for (const auto& [dx, dy] : {std::pair{0, -1}, {-1, 0}, {1, 0}, {0, 1}}) {
    const int nx = x + dx, ny = y + dy;
    if (nx >= 0 && ny >= 0 && nx < board.size() && ny < board.size()) visit(nx, ny);
  }
}

using PointSet = std::bitset<go::kMaxBoardSize * go::kMaxBoardSize>;

// The points of one colour, or of none, that are connected with `start`; each is added to
// `visited`.
std::vector<go::Point> RegionOf(const go::Board& board, go::Point start, PointSet& visited) {
  const go::Color color = board.At(start.x, start.y);
  std::vector<go::Point> region;
  const auto visit = [&](int x, int y) {
    if (board.At(x, y) != color || visited[y * board.size() + x]) return;
    visited[y * board.size() + x] = true;
    region.push_back({static_cast<uint8_t>(x), static_cast<uint8_t>(y)});
  };
  visit(start.x, start.y);
  for (size_t next = 0; next < region.size(); ++next) {
    const go::Point at = region[next];
    ForNeighbours(board, at.x, at.y, visit);
  }
  return region;
}

// The connected points of one colour or of none, each set once.
std::vector<std::vector<go::Point>> Regions(const go::Board& board) {
  const int size = board.size();
  std::vector<std::vector<go::Point>> regions;
  PointSet visited;
  for (int start = 0; start < size * size; ++start) {
    if (visited[start]) continue;
    const go::Point point{static_cast<uint8_t>(start % size), static_cast<uint8_t>(start / size)};
    regions.push_back(RegionOf(board, point, visited));
  }
  return regions;
}

go::Color ColorOf(const go::Board& board, const std::vector<go::Point>& region) {
  return board.At(region[0].x, region[0].y);
}

// Of empty points: the one colour beside them, or none.
go::Color OwnerOf(const go::Board& board, const std::vector<go::Point>& region) {
  bool black = false, white = false;
  for (const go::Point& point : region) {
    ForNeighbours(board, point.x, point.y, [&](int x, int y) {
      black |= board.At(x, y) == go::Color::kBlack;
      white |= board.At(x, y) == go::Color::kWhite;
    });
  }
  if (black == white) return go::Color::kEmpty;
  return black ? go::Color::kBlack : go::Color::kWhite;
}

}  // namespace

AreaCount CountArea(const go::Board& board) {
  AreaCount area;
  for (const std::vector<go::Point>& region : Regions(board)) {
    const go::Color color = ColorOf(board, region);
    const go::Color owner = color == go::Color::kEmpty ? OwnerOf(board, region) : color;
    if (owner == go::Color::kBlack) area.black += static_cast<int>(region.size());
    if (owner == go::Color::kWhite) area.white += static_cast<int>(region.size());
  }
  return area;
}

go::Color OwnerOfRegion(const go::Board& board, go::Point point) {
  PointSet visited;
  return OwnerOf(board, RegionOf(board, point, visited));
}

std::vector<std::vector<go::Point>> Chains(const go::Board& board) {
  std::vector<std::vector<go::Point>> chains = Regions(board);
  std::erase_if(chains, [&](const std::vector<go::Point>& region) {
    return ColorOf(board, region) == go::Color::kEmpty;
  });
  return chains;
}

int MarginHalfPoints(const AreaCount& area, int komi_half_points) {
  return 2 * (area.black - area.white) - komi_half_points;
}

std::string FormatScore(const AreaCount& area, int komi_half_points) {
  const int margin = MarginHalfPoints(area, komi_half_points);
  if (margin == 0) return "0";
  const int half_points = std::abs(margin);
  return absl::StrCat(margin > 0 ? "B+" : "W+", half_points / 2, half_points % 2 ? ".5" : "");
}

}  // namespace moyo::play
