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

// The connected points of one colour or of none, each set once.
std::vector<std::vector<go::Point>> Regions(const go::Board& board) {
  const int size = board.size();
  std::vector<std::vector<go::Point>> regions;
  std::bitset<go::kMaxBoardSize * go::kMaxBoardSize> visited;
  for (int start = 0; start < size * size; ++start) {
    if (visited[start]) continue;
    const go::Color color = board.At(start % size, start / size);
    std::vector<go::Point>& region = regions.emplace_back();
    const auto visit = [&](int x, int y) {
      if (board.At(x, y) != color || visited[y * size + x]) return;
      visited[y * size + x] = true;
      region.push_back({static_cast<uint8_t>(x), static_cast<uint8_t>(y)});
    };
    visit(start % size, start / size);
    for (size_t next = 0; next < region.size(); ++next) {
      const go::Point at = region[next];
      ForNeighbours(board, at.x, at.y, visit);
    }
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
