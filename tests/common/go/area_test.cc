#include "common/go/area.h"

#include <gtest/gtest.h>

#include "tests/common/go/board_from_diagram.h"

namespace moyo::go {
namespace {

constexpr int kSize = 5;

TEST(CountAreaTest, EmptyBoardIsNobodys) {
  const AreaCount area = CountArea(Board(kSize));
  EXPECT_EQ(area.black, 0);
  EXPECT_EQ(area.white, 0);
}

TEST(CountAreaTest, OneStoneReachesEverything) {
  const AreaCount area = CountArea(BoardFromDiagram(R"(
      X....
      .....
      .....
      .....
      .....)"));
  EXPECT_EQ(area.black, kSize * kSize);
  EXPECT_EQ(area.white, 0);
}

// Black's corner of two points and its wall; White's side; the points between reach both.
TEST(CountAreaTest, RegionsGoToTheOneColourThatTheyReach) {
  const AreaCount area = CountArea(BoardFromDiagram(R"(
      .X.O.
      .X.O.
      XX.OO
      .....
      XXXXO)"));
  EXPECT_EQ(area.black, 2 + 4 + 4);
  EXPECT_EQ(area.white, 2 + 4 + 1);
}

TEST(OwnerOfRegionTest, AnEmptyPointIsWhoseItsRegionReaches) {
  const Board board = BoardFromDiagram(R"(
      .X.O.
      .X.O.
      XX.OO
      .....
      XXXXO)");
  EXPECT_EQ(OwnerOfRegion(board, {0, 1}), Color::kBlack);
  EXPECT_EQ(OwnerOfRegion(board, {4, 0}), Color::kWhite);
  EXPECT_EQ(OwnerOfRegion(board, {2, 0}), Color::kEmpty);
  EXPECT_EQ(OwnerOfRegion(Board(kSize), {2, 2}), Color::kEmpty);
}

// The empty points at two corners touch: only sides connect.
TEST(CountAreaTest, PointsDoNotConnectByTheirCorners) {
  const AreaCount area = CountArea(BoardFromDiagram(R"(
      .XXXX
      O.XXX
      OOXXX
      OOOOO
      OOOOO)"));
  // Both empty points reach both colours, each by itself.
  EXPECT_EQ(area.black, 4 + 3 + 3);
  EXPECT_EQ(area.white, 1 + 2 + 5 + 5);
}

TEST(ChainsTest, StandInTheOrderOfTheirFirstStones) {
  const auto chains = Chains(BoardFromDiagram(R"(
      X.O..
      XXO..
      .....
      ..X..
      .X...)"));
  ASSERT_EQ(chains.size(), 4u);
  EXPECT_EQ(chains[0].size(), 3u);
  EXPECT_EQ(chains[0].front(), (Point{0, 0}));
  EXPECT_EQ(chains[1].size(), 2u);
  EXPECT_EQ(chains[1].front(), (Point{2, 0}));
  EXPECT_EQ(chains[2].front(), (Point{2, 3}));
  EXPECT_EQ(chains[3].front(), (Point{1, 4}));
}

TEST(WinnerByTest, AMarginIsBlacks) {
  EXPECT_EQ(WinnerBy(1), Winner::kBlack);
  EXPECT_EQ(WinnerBy(-1), Winner::kWhite);
  EXPECT_EQ(WinnerBy(0), Winner::kDraw);
}

}  // namespace
}  // namespace moyo::go
