#include "common/go/board.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

#include "tests/common/go/board_from_diagram.h"

namespace moyo::go {
namespace {

constexpr Color kB = Color::kBlack;
constexpr Color kW = Color::kWhite;

TEST(BoardTest, StoneWithoutLibertiesIsCaptured) {
  Board board = BoardFromDiagram(R"(
    .X.
    XO.
    .X.)");
  EXPECT_EQ(board.Play({{2, 1}, kB}), Legality::kLegal);
  EXPECT_EQ(DiagramOf(board), ".X.\nX.X\n.X.\n");
  EXPECT_EQ(board.captures(kB), 1);
}

TEST(BoardTest, ChainIsCapturedWhole) {
  Board board = BoardFromDiagram(R"(
    OOX.
    OX..
    .X..
    ....)");
  EXPECT_EQ(board.Play({{0, 2}, kB}), Legality::kLegal);
  EXPECT_EQ(DiagramOf(board), "..X.\n.X..\nXX..\n....\n");
  EXPECT_EQ(board.captures(kB), 3);
}

TEST(BoardTest, SuicideIsRefusedUnlessTheRulesetAllowsIt) {
  const char* diagram = R"(
    .O.
    O..
    ...)";
  Board strict = BoardFromDiagram(diagram);
  EXPECT_EQ(strict.Play({{0, 0}, kB}), Legality::kSuicide);
  EXPECT_EQ(DiagramOf(strict), ".O.\nO..\n...\n");
  Board free = BoardFromDiagram(diagram, Board::Suicide::kAllowed);
  EXPECT_EQ(free.Play({{0, 0}, kB}), Legality::kLegal);
  EXPECT_EQ(DiagramOf(free), ".O.\nO..\n...\n");
  EXPECT_EQ(free.captures(kW), 1);
}

TEST(BoardTest, MultiStoneSuicideIsRefused) {
  Board board = BoardFromDiagram(R"(
    X.O
    OO.
    ...)");
  EXPECT_EQ(board.Check({{1, 0}, kB}), Legality::kSuicide);
  EXPECT_EQ(board.Check({{1, 0}, kW}), Legality::kLegal);
}

TEST(BoardTest, CaptureComesBeforeSuicide) {
  Board board = BoardFromDiagram(R"(
    .OX
    OX.
    X..)");
  EXPECT_EQ(board.Play({{0, 0}, kB}), Legality::kLegal);
  EXPECT_EQ(DiagramOf(board), "X.X\n.X.\nX..\n");
}

TEST(BoardTest, KoMayNotBeRetakenAtOnce) {
  Board board = BoardFromDiagram(R"(
    .XO.
    X.XO
    .XO.
    ....)");
  // White takes at (1, 1).
  ASSERT_EQ(board.Play({{1, 1}, kW}), Legality::kLegal);
  EXPECT_EQ(board.KoPoint(), (Point{2, 1}));
  EXPECT_EQ(board.Play({{2, 1}, kB}), Legality::kKo);
  EXPECT_EQ(board.Check({{2, 1}, kW}), Legality::kLegal);
  ASSERT_EQ(board.Play({{0, 3}, kB}), Legality::kLegal);
  ASSERT_EQ(board.Play({{3, 3}, kW}), Legality::kLegal);
  EXPECT_EQ(board.Play({{2, 1}, kB}), Legality::kLegal);
}

TEST(BoardTest, SnapbackIsNotKo) {
  Board snapback = BoardFromDiagram(R"(
    XX.O
    OOXO
    ..OO
    ....)");
  ASSERT_EQ(snapback.Play({{2, 0}, kW}), Legality::kLegal);  // takes two on the edge and one below
  EXPECT_TRUE(snapback.KoPoint().IsPass());
}

TEST(BoardTest, OccupiedAndOffBoardPointsAreRefused) {
  Board board(9);
  ASSERT_EQ(board.Play({{4, 4}, kB}), Legality::kLegal);
  EXPECT_EQ(board.Play({{4, 4}, kW}), Legality::kOccupied);
  EXPECT_EQ(board.Play({{9, 0}, kW}), Legality::kOffBoard);
  EXPECT_EQ(board.Play({kPass, kW}), Legality::kLegal);
}

// A second, slow implementation of the rules: flood fill, no incremental state.
class SlowBoard {
 public:
  explicit SlowBoard(int size) : size_(size), stones_(size * size, 0) {}

  bool Play(int at, int color) {
    if (stones_[at] != 0) return false;
    std::vector<int> next = stones_;
    next[at] = color;
    int captured = 0;
    int captured_at = -1;
    for (int neighbour : Neighbours(at)) {
      if (next[neighbour] != 3 - color) continue;
      const std::set<int> chain = Chain(next, neighbour);
      if (HasLiberty(next, chain)) continue;
      captured += chain.size();
      captured_at = neighbour;
      for (int stone : chain) next[stone] = 0;
    }
    const std::set<int> own = Chain(next, at);
    if (!HasLiberty(next, own)) return false;
    if (at == ko_ && color == ko_color_) return false;
    int liberties = 0;
    for (int neighbour : Neighbours(at)) liberties += next[neighbour] == 0;
    const bool ko = captured == 1 && own.size() == 1 && liberties == 1;
    ko_ = ko ? captured_at : -1;
    ko_color_ = 3 - color;
    stones_ = next;
    return true;
  }
  int At(int at) const { return stones_[at]; }

 private:
  std::vector<int> Neighbours(int at) const {
    std::vector<int> result;
    const int x = at % size_, y = at / size_;
    if (x > 0) result.push_back(at - 1);
    if (x + 1 < size_) result.push_back(at + 1);
    if (y > 0) result.push_back(at - size_);
    if (y + 1 < size_) result.push_back(at + size_);
    return result;
  }
  std::set<int> Chain(const std::vector<int>& stones, int from) const {
    std::set<int> chain = {from};
    std::vector<int> open = {from};
    while (!open.empty()) {
      const int at = open.back();
      open.pop_back();
      for (int neighbour : Neighbours(at)) {
        if (stones[neighbour] == stones[from] && chain.insert(neighbour).second)
          open.push_back(neighbour);
      }
    }
    return chain;
  }
  bool HasLiberty(const std::vector<int>& stones, const std::set<int>& chain) const {
    for (int stone : chain) {
      for (int neighbour : Neighbours(stone)) {
        if (stones[neighbour] == 0) return true;
      }
    }
    return false;
  }

  int size_;
  std::vector<int> stones_;
  int ko_ = -1;
  int ko_color_ = 0;
};

TEST(BoardTest, AgreesWithASlowBoardOnRandomGames) {
  std::mt19937 random(7);
  int played = 0;
  for (int game = 0; game < 60; ++game) {
    const int size = 2 + game % 8;
    Board board(size);
    SlowBoard slow(size);
    for (int ply = 0; ply < 3 * size * size; ++ply) {
      const int at = random() % (size * size);
      const int color = 1 + (ply + random() % 8 / 7) % 2;
      const Move move{{static_cast<uint8_t>(at % size), static_cast<uint8_t>(at / size)},
                      static_cast<Color>(color)};
      const bool legal = board.Play(move) == Legality::kLegal;
      ASSERT_EQ(legal, slow.Play(at, color)) << "size " << size << " ply " << ply;
      played += legal;
      for (int i = 0; i < size * size; ++i) {
        ASSERT_EQ(static_cast<int>(board.At(i % size, i / size)), slow.At(i));
      }
    }
  }
  EXPECT_GT(played, 2000);
}

TEST(BoardTest, StoredValuesDoNotChange) {
  EXPECT_EQ(static_cast<int>(Color::kBlack), 1);
  EXPECT_EQ(static_cast<int>(Color::kWhite), 2);
  EXPECT_EQ(static_cast<int>(Ruleset::kTrompTaylor), 6);
  EXPECT_EQ(static_cast<int>(Ruleset::kOther), 8);
  EXPECT_EQ(static_cast<int>(Winner::kDraw), 3);
}

}  // namespace
}  // namespace moyo::go
