// A random game record as no sane game looks: any board, setup anywhere, passes, colours in any
// order. Its moves need not be legal: SGF's reader and writer do not know the rules.
#pragma once

#include <random>

#include "common/go/types.h"

namespace moyo::sgf {

inline go::GameInfo RandomInfo(std::mt19937& random) {
  go::GameInfo info;
  info.board_size = go::kMinBoardSize + random() % (go::kMaxBoardSize - go::kMinBoardSize + 1);
  info.ruleset = static_cast<go::Ruleset>(random() % 9);
  info.winner = static_cast<go::Winner>(random() % 4);
  const bool won = info.winner == go::Winner::kBlack || info.winner == go::Winner::kWhite;
  info.by_resignation = won && random() % 2 == 0;
  if (won && !info.by_resignation) info.margin_half_points = random() % 723;
  info.komi_half_points = static_cast<int>(random() % 1445) - 722;
  if (random() % 2) info.handicap = random() % 100;
  const auto rank = [&] {
    const int value = static_cast<int>(random() % 50) - 30;
    return static_cast<int8_t>(value == 10 ? 0 : value);  // 10 is neither dan nor professional
  };
  info.black_rank = rank();
  info.white_rank = rank();
  if (random() % 2) info.year = 1000 + random() % 2000;
  return info;
}

inline go::GameRecord RandomRecord(std::mt19937& random) {
  go::GameRecord game;
  game.info = RandomInfo(random);
  const int size = game.info.board_size;
  // Setup as the reader gives it: stones by rows, each point once.
  if (random() % 2) {
    for (uint8_t y = 0; y < size; ++y) {
      for (uint8_t x = 0; x < size; ++x) {
        if (random() % 8) continue;
        game.setup.push_back({{x, y}, random() % 2 ? go::Color::kBlack : go::Color::kWhite});
      }
    }
  }
  go::Color color = random() % 4 ? go::Color::kBlack : go::Color::kWhite;
  for (int n = random() % 80; n > 0; --n) {
    const go::Point point{static_cast<uint8_t>(random() % size),
                          static_cast<uint8_t>(random() % size)};
    game.moves.push_back({random() % 12 ? point : go::kPass, color});
    if (random() % 8) color = go::Opposite(color);
  }
  return game;
}

inline bool SameInfo(const go::GameInfo& a, const go::GameInfo& b) {
  return a.board_size == b.board_size && a.ruleset == b.ruleset && a.winner == b.winner &&
         a.by_resignation == b.by_resignation && a.komi_half_points == b.komi_half_points &&
         a.margin_half_points == b.margin_half_points && a.handicap == b.handicap &&
         a.black_rank == b.black_rank && a.white_rank == b.white_rank && a.year == b.year;
}

inline bool SameRecord(const go::GameRecord& a, const go::GameRecord& b) {
  return SameInfo(a.info, b.info) && a.setup == b.setup && a.moves == b.moves;
}

}  // namespace moyo::sgf
