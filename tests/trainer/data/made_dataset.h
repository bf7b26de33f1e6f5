// A dataset of random games, the same for the same count.
#pragma once

#include <utility>
#include <vector>

#include "common/go/game_hash.h"
#include "tests/common/go/random_game.h"
#include "trainer/data/dataset.h"

namespace moyo::trainer {

inline shard::Columns MadeColumns(int games, uint32_t first_seed = 0, int plies = 60) {
  shard::Columns columns;
  for (int i = 0; i < games; ++i) {
    go::GameRecord game = go::RandomGame(first_seed + i, plies);
    game.info.winner = i % 3 == 0   ? go::Winner::kBlack
                       : i % 3 == 1 ? go::Winner::kWhite
                                    : go::Winner::kUnknown;
    columns.Append(game, go::GameHash(game));
  }
  return columns;
}

}  // namespace moyo::trainer
