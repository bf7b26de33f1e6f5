#include "play/scoring.h"

#include <bitset>
#include <cstdlib>
#include <vector>

#include "absl/strings/str_cat.h"

namespace moyo::play {

AreaCount CountArea(const go::Board& board) {
  const int size = board.size();
  AreaCount area;
  std::bitset<go::kMaxBoardSize * go::kMaxBoardSize> visited;
  for (int start = 0; start < size * size; ++start) {
    const go::Color color = board.At(start % size, start / size);
    if (color == go::Color::kBlack) ++area.black;
    if (color == go::Color::kWhite) ++area.white;
    if (color != go::Color::kEmpty || visited[start]) continue;
    std::vector<int> region = {start};
    visited[start] = true;
    bool touches[3] = {};
    for (size_t next = 0; next < region.size(); ++next) {
      const int x = region[next] % size, y = region[next] / size;
      for (const auto& [dx, dy] : {std::pair{0, -1}, {-1, 0}, {1, 0}, {0, 1}}) {
        const int nx = x + dx, ny = y + dy;
        if (nx < 0 || ny < 0 || nx >= size || ny >= size) continue;
        const go::Color neighbour = board.At(nx, ny);
        touches[static_cast<int>(neighbour)] = true;
        if (neighbour != go::Color::kEmpty || visited[ny * size + nx]) continue;
        visited[ny * size + nx] = true;
        region.push_back(ny * size + nx);
      }
    }
    if (touches[1] && !touches[2]) area.black += static_cast<int>(region.size());
    if (touches[2] && !touches[1]) area.white += static_cast<int>(region.size());
  }
  return area;
}

std::vector<std::vector<go::Point>> Chains(const go::Board& board) {
  const int size = board.size();
  std::vector<std::vector<go::Point>> chains;
  std::bitset<go::kMaxBoardSize * go::kMaxBoardSize> visited;
  for (int start = 0; start < size * size; ++start) {
    const go::Color color = board.At(start % size, start / size);
    if (color == go::Color::kEmpty || visited[start]) continue;
    std::vector<go::Point>& chain = chains.emplace_back();
    const auto visit = [&](int x, int y) {
      if (x < 0 || y < 0 || x >= size || y >= size) return;
      if (board.At(x, y) != color || visited[y * size + x]) return;
      visited[y * size + x] = true;
      chain.push_back({static_cast<uint8_t>(x), static_cast<uint8_t>(y)});
    };
    visit(start % size, start / size);
    for (size_t next = 0; next < chain.size(); ++next) {
      const go::Point at = chain[next];
      for (const auto& [dx, dy] : {std::pair{0, -1}, {-1, 0}, {1, 0}, {0, 1}}) {
        visit(at.x + dx, at.y + dy);
      }
    }
  }
  return chains;
}

std::string FormatScore(const AreaCount& area, int komi_half_points) {
  const int margin = 2 * (area.black - area.white) - komi_half_points;
  if (margin == 0) return "0";
  const int half_points = std::abs(margin);
  return absl::StrCat(margin > 0 ? "B+" : "W+", half_points / 2, half_points % 2 ? ".5" : "");
}

}  // namespace moyo::play
