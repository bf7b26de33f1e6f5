#include "common/go/game_hash.h"

#include <gtest/gtest.h>

#include <set>

#include "common/go/replay.h"
#include "tests/common/go/random_game.h"

namespace moyo::go {
namespace {

TEST(SymmetryTest, InverseUndoesEachSymmetry) {
  std::set<std::pair<int, int>> images;
  for (int symmetry = 0; symmetry < kSymmetries; ++symmetry) {
    const Point image = Transform({3, 5}, symmetry, 19);
    images.insert({image.x, image.y});
    EXPECT_EQ(Transform(image, InverseSymmetry(symmetry), 19), (Point{3, 5}));
    EXPECT_TRUE(Transform(kPass, symmetry, 19).IsPass());
  }
  EXPECT_EQ(images.size(), 8u);
}

TEST(GameHashTest, SymmetricCopiesHaveOneHash) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    GameRecord game = RandomGame(seed, 80);
    if (seed % 2) game.setup = {{{3, 3}, Color::kBlack}, {{15, 15}, Color::kBlack}};
    for (int symmetry = 1; symmetry < kSymmetries; ++symmetry) {
      EXPECT_EQ(GameHash(game), GameHash(TransformGame(game, symmetry)));
    }
  }
}

TEST(GameHashTest, AnyChangeOfAMoveChangesTheHash) {
  const GameRecord game = RandomGame(1, 50);
  std::set<Hash128> hashes = {GameHash(game)};
  for (size_t ply = 0; ply < game.moves.size(); ++ply) {
    GameRecord other = game;
    other.moves[ply].color = Opposite(other.moves[ply].color);
    EXPECT_TRUE(hashes.insert(GameHash(other)).second);
    other = game;
    other.moves.resize(ply);
    EXPECT_TRUE(hashes.insert(GameHash(other)).second);
  }
}

TEST(GameHashTest, HeaderAndOrderOfSetupDoNotMatter) {
  GameRecord game = RandomGame(2, 30);
  game.setup = {{{3, 3}, Color::kBlack}, {{15, 3}, Color::kWhite}};
  GameRecord other = game;
  std::swap(other.setup[0], other.setup[1]);
  other.info.komi_half_points = 13;
  other.info.winner = Winner::kWhite;
  EXPECT_EQ(GameHash(game), GameHash(other));
}

TEST(ReplayTest, SymmetriesCommuteWithReplay) {
  Replayer replayer;
  for (uint32_t seed = 0; seed < 10; ++seed) {
    const GameRecord game = RandomGame(seed, 200, 9);
    ASSERT_EQ(replayer.Replay(game).legal_moves, 200u);
    const Board board = replayer.board();
    for (int symmetry = 1; symmetry < kSymmetries; ++symmetry) {
      ASSERT_EQ(replayer.Replay(TransformGame(game, symmetry)).legal_moves, 200u);
      for (uint8_t y = 0; y < 9; ++y) {
        for (uint8_t x = 0; x < 9; ++x) {
          const Point image = Transform({x, y}, symmetry, 9);
          ASSERT_EQ(board.At(x, y), replayer.board().At(image.x, image.y));
        }
      }
    }
  }
}

}  // namespace
}  // namespace moyo::go
