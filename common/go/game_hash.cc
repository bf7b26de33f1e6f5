#include "common/go/game_hash.h"

#include <algorithm>
#include <array>
#include <vector>

#include "common/go/symmetry.h"

namespace moyo::go {
namespace {

using Text = std::vector<uint8_t>;

void AppendMove(Text& text, Color color, Point point, int symmetry, int board_size) {
  const Point image = Transform(point, symmetry, board_size);
  text.push_back(static_cast<uint8_t>(color));
  text.push_back(image.x);
  text.push_back(image.y);
}

// The setup stones as they lie under one symmetry, sorted: their order in the file means nothing.
Text SetupText(const GameRecord& game, int symmetry) {
  std::vector<std::array<uint8_t, 3>> stones;
  for (const Setup& setup : game.setup) {
    const Point image = Transform(setup.point, symmetry, game.info.board_size);
    stones.push_back({static_cast<uint8_t>(setup.color), image.x, image.y});
  }
  std::sort(stones.begin(), stones.end());
  Text text;
  for (const auto& stone : stones) text.insert(text.end(), stone.begin(), stone.end());
  return text;
}

// Bits of the symmetries whose setup text is least.
unsigned LeastBySetup(const GameRecord& game, Text& least) {
  unsigned candidates = 0;
  for (int symmetry = 0; symmetry < kSymmetries; ++symmetry) {
    Text text = SetupText(game, symmetry);
    if (candidates == 0 || text < least) {
      least = std::move(text);
      candidates = 1u << symmetry;
    } else if (text == least) {
      candidates |= 1u << symmetry;
    }
  }
  return candidates;
}

// Narrows the candidates move by move; a few moves decide all but the most symmetric games.
int LeastByMoves(const GameRecord& game, unsigned candidates) {
  for (const Move& move : game.moves) {
    if ((candidates & (candidates - 1)) == 0) break;
    int least = 0x10000;
    unsigned kept = 0;
    for (int symmetry = 0; symmetry < kSymmetries; ++symmetry) {
      if ((candidates >> symmetry & 1) == 0) continue;
      const Point image = Transform(move.point, symmetry, game.info.board_size);
      const int key = image.x << 8 | image.y;
      if (key < least) kept = 0;
      least = std::min(least, key);
      if (key == least) kept |= 1u << symmetry;
    }
    candidates = kept;
  }
  return __builtin_ctz(candidates);
}

}  // namespace

Hash128 GameHash(const GameRecord& game) {
  thread_local Text text;
  text.clear();
  unsigned candidates = 0xff;
  Text setup;
  if (!game.setup.empty()) candidates = LeastBySetup(game, setup);
  const int symmetry = LeastByMoves(game, candidates);
  text.push_back(game.info.board_size);
  text.insert(text.end(), setup.begin(), setup.end());
  for (const Move& move : game.moves) {
    AppendMove(text, move.color, move.point, symmetry, game.info.board_size);
  }
  return Hash128Of({reinterpret_cast<const char*>(text.data()), text.size()});
}

}  // namespace moyo::go
