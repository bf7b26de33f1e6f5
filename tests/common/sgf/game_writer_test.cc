#include "common/sgf/game_writer.h"

#include <gtest/gtest.h>

#include "common/sgf/game_reader.h"
#include "common/sgf/text_encoding.h"

namespace moyo::sgf {
namespace {

go::GameRecord Read(std::string_view text) {
  GameReader reader;
  go::GameRecord game;
  EXPECT_EQ(reader.Read(text, game).issue.reason, Reason::kNone);
  return game;
}

TEST(GameWriter, WrittenGameReadsBackTheSame) {
  const go::GameRecord game = Read(
      "(;SZ[9]KM[-6.5]RE[W+3.5]RU[Ing]HA[2]BR[5k]WR[9p]DT[2016]AB[cc][gg]AW[aa];W[dd];B[];B[ee])");
  const go::GameRecord again = Read(WriteSgf(game));
  EXPECT_EQ(again.moves, game.moves);
  EXPECT_EQ(again.setup, game.setup);
  EXPECT_EQ(again.info.board_size, game.info.board_size);
  EXPECT_EQ(again.info.komi_half_points, -13);
  EXPECT_EQ(again.info.winner, go::Winner::kWhite);
  EXPECT_EQ(again.info.margin_half_points, 7);
  EXPECT_EQ(again.info.ruleset, go::Ruleset::kIng);
  EXPECT_EQ(again.info.handicap, 2);
  EXPECT_EQ(again.info.black_rank, -5);
  EXPECT_EQ(again.info.white_rank, 19);
  EXPECT_EQ(again.info.year, 2016);
}

TEST(GameWriter, LargeKomiIsNotReadAsHundredths) {
  go::GameRecord game;
  game.info.komi_half_points = 300;
  EXPECT_EQ(Read(WriteSgf(game)).info.komi_half_points, 300);
}

TEST(GameWriter, EveryRulesetAndResultReadsBack) {
  for (int ruleset = 0; ruleset <= 8; ++ruleset) {
    for (int winner = 0; winner <= 3; ++winner) {
      go::GameRecord game;
      game.info.ruleset = static_cast<go::Ruleset>(ruleset);
      game.info.winner = static_cast<go::Winner>(winner);
      const go::GameRecord again = Read(WriteSgf(game));
      EXPECT_EQ(again.info.ruleset, game.info.ruleset);
      EXPECT_EQ(again.info.winner, game.info.winner);
    }
  }
}

TEST(GameWriter, NamesAreEscapedAndReadBack) {
  go::GameRecord game;
  game.moves = {{{3, 3}, go::Color::kBlack}};
  const std::string text = WriteSgf(game, {.black = "A\\]B", .white = "\xec\x9d\xb4"});
  GameReader reader;
  EXPECT_TRUE(reader.Read(text, game).readable);
  EXPECT_EQ(SimpleText(reader.header().black_name), "A\\]B");
  EXPECT_EQ(SimpleText(reader.header().white_name), "\xec\x9d\xb4");
  EXPECT_EQ(game.moves.size(), 1u);
  EXPECT_EQ(WriteSgf(game).find("PB["), std::string::npos);
}

}  // namespace
}  // namespace moyo::sgf
