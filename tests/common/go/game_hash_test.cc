#include "common/go/game_hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

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

TEST(GameHashTest, NoGameGoesOnFromItself) {
  const GameRecord game = RandomGame(3, 40);
  GameRecord beginning = game;
  beginning.moves.resize(39);
  EXPECT_TRUE(IsContinuedBy(beginning, TransformGame(game, 5)));
  EXPECT_FALSE(IsContinuedBy(game, TransformGame(game, 5)));
  EXPECT_FALSE(IsContinuedBy(game, beginning));
}

TEST(GameIdentityTest, MarksOfABeginningAreTheBeginningOfTheMarks) {
  GameIdentity whole;
  GameIdentity part;
  for (uint32_t seed = 0; seed < 20; ++seed) {
    GameRecord game = RandomGame(seed, 200);
    if (seed % 2) game.setup = {{{3, 3}, Color::kBlack}, {{15, 15}, Color::kBlack}};
    Identify(game, whole);
    EXPECT_EQ(whole.hash, GameHash(game));
    ASSERT_EQ(whole.marks.size(), 200 / kMovesPerMark);
    for (size_t moves : {size_t{0}, kMovesPerMark - 1, kMovesPerMark, size_t{150}}) {
      GameRecord beginning = TransformGame(game, seed % kSymmetries);
      beginning.moves.resize(moves);
      Identify(beginning, part);
      ASSERT_EQ(part.marks.size(), moves / kMovesPerMark);
      EXPECT_TRUE(std::equal(part.marks.begin(), part.marks.end(), whole.marks.begin()));
      EXPECT_TRUE(IsContinuedBy(beginning, game));
      EXPECT_FALSE(IsContinuedBy(game, beginning));
      if (moves == 0) continue;
      beginning.moves.back().color = Opposite(beginning.moves.back().color);
      EXPECT_FALSE(IsContinuedBy(beginning, game));
    }
    EXPECT_FALSE(IsContinuedBy(game, game));
  }
}

TEST(GameIdentityTest, SymmetryTellsPlainCopiesFromMirroredOnes) {
  const GameRecord game = RandomGame(4, 60);
  GameIdentity a;
  GameIdentity b;
  Identify(game, a);
  for (int symmetry = 0; symmetry < kSymmetries; ++symmetry) {
    Identify(TransformGame(game, symmetry), b);
    EXPECT_EQ(a.hash, b.hash);
    EXPECT_EQ(a.symmetry == b.symmetry, symmetry == 0);
  }
}

// Written in databases: a change of the formula needs a new schema.
TEST(GameIdentityTest, MarksArePinned) {
  GameRecord game;
  for (uint8_t i = 0; i < 64; ++i) {
    game.moves.push_back({{static_cast<uint8_t>(i % 19), static_cast<uint8_t>(i / 19)},
                          i % 2 == 0 ? Color::kBlack : Color::kWhite});
  }
  GameIdentity identity;
  Identify(game, identity);
  EXPECT_EQ(identity.marks, (std::vector<uint32_t>{950949723, 2500017273}));
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
