#include "common/go/area.h"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

namespace moyo::go {
namespace {

constexpr int kSize = 5;
using Diagram = std::array<std::string_view, kSize>;  // X black, O white, rows from the top

Board BoardOf(const Diagram& rows) {
  Board board(kSize);
  for (uint8_t y = 0; y < kSize; ++y) {
    for (uint8_t x = 0; x < kSize; ++x) {
      if (rows[y][x] == '.') continue;
      const Color color = rows[y][x] == 'X' ? Color::kBlack : Color::kWhite;
      EXPECT_TRUE(board.PlaceSetup({.point = {x, y}, .color = color}));
    }
  }
  return board;
}

TEST(CountAreaTest, EmptyBoardIsNobodys) {
  const AreaCount area = CountArea(Board(kSize));
  EXPECT_EQ(area.black, 0);
  EXPECT_EQ(area.white, 0);
}

TEST(CountAreaTest, OneStoneReachesEverything) {
  const AreaCount area = CountArea(BoardOf({"X....",  //
                                            ".....",  //
                                            ".....",  //
                                            ".....",  //
                                            "....."}));
  EXPECT_EQ(area.black, kSize * kSize);
  EXPECT_EQ(area.white, 0);
}

// Black's corner of two points and its wall; White's side; the points between reach both.
TEST(CountAreaTest, RegionsGoToTheOneColourThatTheyReach) {
  const AreaCount area = CountArea(BoardOf({".X.O.",  //
                                            ".X.O.",  //
                                            "XX.OO",  //
                                            ".....",  //
                                            "XXXXO"}));
  EXPECT_EQ(area.black, 2 + 4 + 4);
  EXPECT_EQ(area.white, 2 + 4 + 1);
}

TEST(OwnerOfRegionTest, AnEmptyPointIsWhoseItsRegionReaches) {
  const Board board = BoardOf({".X.O.",  //
                               ".X.O.",  //
                               "XX.OO",  //
                               ".....",  //
                               "XXXXO"});
  EXPECT_EQ(OwnerOfRegion(board, {0, 1}), Color::kBlack);
  EXPECT_EQ(OwnerOfRegion(board, {4, 0}), Color::kWhite);
  EXPECT_EQ(OwnerOfRegion(board, {2, 0}), Color::kEmpty);
  EXPECT_EQ(OwnerOfRegion(Board(kSize), {2, 2}), Color::kEmpty);
}

// The empty points at two corners touch: only sides connect.
TEST(CountAreaTest, PointsDoNotConnectByTheirCorners) {
  const AreaCount area = CountArea(BoardOf({".XXXX",  //
                                            "O.XXX",  //
                                            "OOXXX",  //
                                            "OOOOO",  //
                                            "OOOOO"}));
  // Both empty points reach both colours, each by itself.
  EXPECT_EQ(area.black, 4 + 3 + 3);
  EXPECT_EQ(area.white, 1 + 2 + 5 + 5);
}

TEST(ChainsTest, StandInTheOrderOfTheirFirstStones) {
  const auto chains = Chains(BoardOf({"X.O..",  //
                                      "XXO..",  //
                                      ".....",  //
                                      "..X..",  //
                                      ".X..."}));
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
