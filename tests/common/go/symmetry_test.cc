// The eight symmetries commute with the rules: a game's image is legal where the game is, and leads
// to the image of its position.
#include "common/go/symmetry.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

#include "common/go/replay.h"
#include "tests/common/go/random_game.h"

namespace moyo::go {
namespace {

// What the random games have met, so that no test passes by meeting nothing.
struct Met {
  int kos = 0;
  int captures = 0;
  std::array<int, 5> legality{};
};

void ExpectImage(const Board& board, const Board& image, int symmetry) {
  const int size = board.size();
  for (Color color : {Color::kBlack, Color::kWhite}) {
    ASSERT_EQ(board.captures(color), image.captures(color));
  }
  ASSERT_EQ(Transform(board.KoPoint(), symmetry, size), image.KoPoint());
  for (uint8_t y = 0; y < size; ++y) {
    for (uint8_t x = 0; x < size; ++x) {
      const Point to = Transform({x, y}, symmetry, size);
      ASSERT_EQ(board.At(x, y), image.At(to.x, to.y));
      ASSERT_EQ(board.ChainStones(x, y), image.ChainStones(to.x, to.y));
      ASSERT_EQ(board.ChainLiberties(x, y), image.ChainLiberties(to.x, to.y));
      for (Color color : {Color::kBlack, Color::kWhite}) {
        ASSERT_EQ(board.Check({{x, y}, color}), image.Check({to, color}));
      }
    }
  }
}

// Random moves, illegal ones among them, on a board and its eight images.
void PlayOnAllImages(uint32_t seed, int size, Board::Suicide suicide, Met& met) {
  std::mt19937 random(seed);
  Board board(size, suicide);
  std::vector<Board> images(kSymmetries, board);
  Color color = Color::kBlack;
  for (int ply = 0; ply < 6 * size * size; ++ply) {
    Point point{static_cast<uint8_t>(random() % size), static_cast<uint8_t>(random() % size)};
    if (random() % 4 == 0 && !board.KoPoint().IsPass()) point = board.KoPoint();
    const Move move{random() % 50 == 0 ? kPass : point, color};
    const Legality legality = board.Play(move);
    ++met.legality[static_cast<int>(legality)];
    if (legality == Legality::kLegal && random() % 16 != 0) color = Opposite(color);
    met.kos += !board.KoPoint().IsPass();
    for (int symmetry = 0; symmetry < kSymmetries; ++symmetry) {
      const Move image{Transform(move.point, symmetry, size), move.color};
      ASSERT_EQ(images[symmetry].Play(image), legality);
      ASSERT_NO_FATAL_FAILURE(ExpectImage(board, images[symmetry], symmetry))
          << "seed " << seed << " ply " << ply << " symmetry " << symmetry;
    }
  }
  met.captures += board.captures(Color::kBlack) + board.captures(Color::kWhite);
}

TEST(SymmetryProperty, StonesCapturesKoAndLegalityCommuteWithPlaying) {
  for (Board::Suicide suicide : {Board::Suicide::kForbidden, Board::Suicide::kAllowed}) {
    Met met;
    for (uint32_t seed = 0; seed < 24; ++seed) {
      const int size = 2 + static_cast<int>(seed % 6);
      ASSERT_NO_FATAL_FAILURE(PlayOnAllImages(seed, size, suicide, met));
    }
    EXPECT_GT(met.kos, 0);
    EXPECT_GT(met.captures, 0);
    EXPECT_GT(met.legality[static_cast<int>(Legality::kOccupied)], 0);
    EXPECT_GT(met.legality[static_cast<int>(Legality::kKo)], 0);
    EXPECT_EQ(met.legality[static_cast<int>(Legality::kSuicide)] > 0,
              suicide == Board::Suicide::kForbidden);
  }
}

TEST(SymmetryProperty, SetupSuperkoAndTheFirstIllegalMoveCommuteWithReplay) {
  uint32_t repeats = 0;
  int cut = 0;
  Replayer replayer;
  for (uint32_t seed = 0; seed < 60; ++seed) {
    const int size = seed % 2 ? 3 : 5;
    GameRecord game = RandomGame(seed, 60, size);
    // A corner stone that the moves may run into: many of these games end early.
    if (seed % 3 == 0) game.setup = {{{0, 0}, Color::kWhite}, {{2, 1}, Color::kBlack}};
    const ReplayResult result = replayer.Replay(game);
    repeats += result.superko_repeats;
    cut += result.legality != Legality::kLegal;
    for (int symmetry = 1; symmetry < kSymmetries; ++symmetry) {
      const ReplayResult image = replayer.Replay(TransformGame(game, symmetry));
      ASSERT_EQ(image.setup_ok, result.setup_ok);
      ASSERT_EQ(image.legal_moves, result.legal_moves);
      ASSERT_EQ(image.legality, result.legality);
      ASSERT_EQ(image.superko_repeats, result.superko_repeats);
    }
  }
  EXPECT_GT(repeats, 0u);
  EXPECT_GT(cut, 0);
}

}  // namespace
}  // namespace moyo::go
