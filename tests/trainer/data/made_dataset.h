// A dataset of random games, the same for the same count.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "common/go/area.h"
#include "common/go/game_hash.h"
#include "common/go/replay.h"
#include "tests/common/go/random_game.h"
#include "trainer/data/dataset.h"

namespace moyo::trainer {

// The board after the last move.
inline go::Board LastBoard(const go::GameRecord& game) {
  go::Board board(game.info.board_size, go::SuicideOf(game.info.ruleset));
  for (const go::Setup& setup : game.setup) board.PlaceSetup(setup);
  for (const go::Move& move : game.moves) board.Play(move);
  return board;
}

// A third each is won by Black and by White, by the half point that the komi makes of the area on
// the last board.
inline shard::Columns MadeColumns(int games, uint32_t first_seed = 0, int plies = 60) {
  shard::Columns columns;
  for (int i = 0; i < games; ++i) {
    go::GameRecord game = go::RandomGame(first_seed + i, plies);
    game.info.winner = i % 3 == 0   ? go::Winner::kBlack
                       : i % 3 == 1 ? go::Winner::kWhite
                                    : go::Winner::kUnknown;
    if (game.info.winner != go::Winner::kUnknown) {
      const int on_board = go::MarginHalfPoints(go::CountArea(LastBoard(game)), 0);
      const int margin = game.info.winner == go::Winner::kBlack ? 1 : -1;
      game.info.komi_half_points = static_cast<int16_t>(on_board - margin);
      game.info.margin_half_points = 1;
    }
    columns.Append(game, go::GameHash(game));
  }
  return columns;
}

}  // namespace moyo::trainer
