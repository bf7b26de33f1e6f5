// A small shard of made games: passes, setup, colours out of turn.
#pragma once

#include <vector>

#include "common/go/game_hash.h"
#include "common/shard/shard.h"
#include "common/shard/zip.h"
#include "tests/common/go/random_game.h"

namespace moyo::shard {

inline std::vector<go::GameRecord> SampleGames() {
  std::vector<go::GameRecord> games;
  for (uint32_t seed = 0; seed < 6; ++seed) {
    go::GameRecord game = go::RandomGame(seed, 20 + 30 * seed, seed % 2 ? 13 : 19);
    game.info.komi_half_points = 13 - static_cast<int>(seed);
    game.info.winner = static_cast<go::Winner>(seed % 4);
    game.info.year = 2010 + seed;
    game.info.black_rank = static_cast<int8_t>(seed) - 3;
    if (seed == 2) {
      game.setup = {
          {{12, 12}, go::Color::kWhite}, {{0, 1}, go::Color::kBlack}, {{2, 1}, go::Color::kEmpty}};
    }
    if (seed == 3) game.moves[4].color = go::Opposite(game.moves[4].color);
    games.push_back(game);
  }
  games.emplace_back();  // no moves
  return games;
}

inline Columns SampleColumns() {
  Columns columns;
  for (const go::GameRecord& game : SampleGames()) columns.Append(game, go::GameHash(game));
  return columns;
}

// The members of the sample shard's file.
inline std::vector<ZipMember> SampleMembers() {
  return ReadZip(WriteNpz(SampleColumns()), 1 << 24).value();
}

}  // namespace moyo::shard
