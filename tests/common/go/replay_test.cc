#include "common/go/replay.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/common/go/board_from_diagram.h"
#include "tests/common/go/random_game.h"

namespace moyo::go {
namespace {

TEST(ReplayTest, StopsAtTheFirstIllegalMove) {
  GameRecord game = RandomGame(3, 40);
  game.moves[20] = game.moves[10].point.IsPass() ? game.moves[11] : game.moves[10];
  const ReplayResult result = Replayer().Replay(game);
  EXPECT_EQ(result.legal_moves, 20u);
  EXPECT_EQ(result.legality, Legality::kOccupied);
}

TEST(ReplayTest, SetupOffTheBoardIsBad) {
  GameRecord game;
  game.info.board_size = 9;
  game.setup = {{{9, 0}, Color::kBlack}};
  EXPECT_FALSE(Replayer().Replay(game).setup_ok);
}

TEST(ReplayTest, SetupWithoutLibertiesIsBad) {
  GameRecord game;
  game.info.board_size = 9;
  game.setup = {{{0, 0}, Color::kBlack}, {{1, 0}, Color::kWhite}, {{0, 1}, Color::kWhite}};
  EXPECT_FALSE(Replayer().Replay(game).setup_ok);
  game.setup.pop_back();
  EXPECT_TRUE(Replayer().Replay(game).setup_ok);
}

TEST(ReplayTest, SuperkoRepeatsAreCountedAndNotRefused) {
  uint32_t repeats_seen = 0;
  Replayer replayer;
  for (uint32_t seed = 0; seed < 50; ++seed) {
    const GameRecord game = RandomGame(seed, 60, 3);
    Board board(3);
    std::set<std::string> positions = {DiagramOf(board)};
    uint32_t repeats = 0;
    for (const Move& move : game.moves) {
      board.Play(move);
      if (!move.point.IsPass() && !positions.insert(DiagramOf(board)).second) ++repeats;
    }
    const ReplayResult result = replayer.Replay(game);
    ASSERT_EQ(result.legal_moves, game.moves.size());
    ASSERT_EQ(result.superko_repeats, repeats);
    repeats_seen += repeats;
  }
  EXPECT_GT(repeats_seen, 0u);
}

TEST(ReplayTest, SuicideFollowsTheRuleset) {
  EXPECT_EQ(SuicideOf(Ruleset::kNewZealand), Board::Suicide::kAllowed);
  EXPECT_EQ(SuicideOf(Ruleset::kJapanese), Board::Suicide::kForbidden);
}

}  // namespace
}  // namespace moyo::go
