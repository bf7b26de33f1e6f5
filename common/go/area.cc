#include "common/go/area.h"

#include <algorithm>
#include <bitset>

#include "common/go/neighbours.h"

namespace moyo::go {
namespace {

using PointSet = std::bitset<kMaxBoardSize * kMaxBoardSize>;

// The points of one colour, or of none, that are connected with `start`; each is added to
// `visited`.
std::vector<Point> RegionOf(const Board& board, Point start, PointSet& visited) {
  const Color color = board.At(start.x, start.y);
  std::vector<Point> region;
  const auto visit = [&](int x, int y) {
    if (board.At(x, y) != color || visited[y * board.size() + x]) return;
    visited[y * board.size() + x] = true;
    region.push_back({static_cast<uint8_t>(x), static_cast<uint8_t>(y)});
  };
  visit(start.x, start.y);
  for (size_t next = 0; next < region.size(); ++next) {
    const Point at = region[next];
    ForNeighbours(board, at.x, at.y, visit);
  }
  return region;
}

// The connected points of one colour or of none, each set once.
std::vector<std::vector<Point>> Regions(const Board& board) {
  const int size = board.size();
  std::vector<std::vector<Point>> regions;
  PointSet visited;
  for (int start = 0; start < size * size; ++start) {
    if (visited[start]) continue;
    const Point point{static_cast<uint8_t>(start % size), static_cast<uint8_t>(start / size)};
    regions.push_back(RegionOf(board, point, visited));
  }
  return regions;
}

Color ColorOf(const Board& board, const std::vector<Point>& region) {
  return board.At(region[0].x, region[0].y);
}

// Of empty points: the one colour beside them, or none.
Color OwnerOf(const Board& board, const std::vector<Point>& region) {
  bool black = false, white = false;
  for (const Point& point : region) {
    ForNeighbours(board, point.x, point.y, [&](int x, int y) {
      black |= board.At(x, y) == Color::kBlack;
      white |= board.At(x, y) == Color::kWhite;
    });
  }
  if (black == white) return Color::kEmpty;
  return black ? Color::kBlack : Color::kWhite;
}

}  // namespace

std::vector<Color> AreaOwners(const Board& board) {
  std::vector<Color> owners(board.size() * board.size(), Color::kEmpty);
  for (const std::vector<Point>& region : Regions(board)) {
    const Color color = ColorOf(board, region);
    const Color owner = color == Color::kEmpty ? OwnerOf(board, region) : color;
    for (const Point& point : region) owners[point.y * board.size() + point.x] = owner;
  }
  return owners;
}

AreaCount CountArea(const std::vector<Color>& owners) {
  const auto count = [&](Color color) {
    return static_cast<int>(std::count(owners.begin(), owners.end(), color));
  };
  return {.black = count(Color::kBlack), .white = count(Color::kWhite)};
}

AreaCount CountArea(const Board& board) { return CountArea(AreaOwners(board)); }

Color OwnerOfRegion(const Board& board, Point point) {
  PointSet visited;
  return OwnerOf(board, RegionOf(board, point, visited));
}

std::vector<std::vector<Point>> Chains(const Board& board) {
  std::vector<std::vector<Point>> chains = Regions(board);
  std::erase_if(chains, [&](const std::vector<Point>& region) {
    return ColorOf(board, region) == Color::kEmpty;
  });
  return chains;
}

int MarginHalfPoints(const AreaCount& area, int komi_half_points) {
  return 2 * (area.black - area.white) - komi_half_points;
}

Winner WinnerBy(int margin) {
  if (margin == 0) return Winner::kDraw;
  return margin > 0 ? Winner::kBlack : Winner::kWhite;
}

}  // namespace moyo::go
