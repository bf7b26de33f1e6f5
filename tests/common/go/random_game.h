// A random legal game, the same for the same seed.
#pragma once

#include <random>

#include "common/go/board.h"
#include "common/go/symmetry.h"
#include "common/go/types.h"

namespace moyo::go {

inline GameRecord RandomGame(uint32_t seed, int plies, int size = 19) {
  std::mt19937 random(seed);
  GameRecord game;
  game.info.board_size = size;
  Board board(size);
  Color color = Color::kBlack;
  while (static_cast<int>(game.moves.size()) < plies) {
    const Move move{{static_cast<uint8_t>(random() % size), static_cast<uint8_t>(random() % size)},
                    color};
    if (random() % 64 == 0) {
      game.moves.push_back({kPass, color});
      board.Play({kPass, color});
    } else if (board.Play(move) == Legality::kLegal) {
      game.moves.push_back(move);
    } else {
      continue;
    }
    color = Opposite(color);
  }
  return game;
}

inline GameRecord TransformGame(GameRecord game, int symmetry) {
  for (Move& move : game.moves) move.point = Transform(move.point, symmetry, game.info.board_size);
  for (Setup& stone : game.setup)
    stone.point = Transform(stone.point, symmetry, game.info.board_size);
  return game;
}

}  // namespace moyo::go
