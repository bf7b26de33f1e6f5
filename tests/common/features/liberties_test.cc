#include "common/features/liberties.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/common/go/random_game.h"

namespace moyo::features {
namespace {

// Which of the planes has the point, counted from `first`; 0 for none, 1 for the first.
int Shown(const LibertyPlanes& planes, int first, int point) {
  for (int count = 1; count <= 3; ++count) {
    if (planes[first + count - 1][point >> 6] >> (point & 63) & 1) return count;
  }
  return 0;
}

// What the planes should show of so many liberties.
int UpToThree(int liberties) { return liberties <= 3 ? liberties : 0; }

// Of a stone on the empty point, by playing it; 0 when it captures or may not be played.
int LibertiesAfter(const go::Board& board, go::Color color, int x, int y) {
  go::Board after = board;
  const go::Point point{static_cast<uint8_t>(x), static_cast<uint8_t>(y)};
  if (after.Play({point, color}) != go::Legality::kLegal) return 0;
  return after.captures(color) > board.captures(color) ? 0 : after.ChainLiberties(x, y);
}

void ExpectAgreement(const go::Board& board, go::Color to_move) {
  const LibertyPlanes planes =
      CountLiberties(board.Stones(to_move), board.Stones(go::Opposite(to_move)));
  for (int point = 0; point < kPointCount; ++point) {
    const int x = point % kBoardSize, y = point / kBoardSize;
    const bool empty = board.At(x, y) == go::Color::kEmpty;
    ASSERT_EQ(Shown(planes, 0, point), empty ? 0 : UpToThree(board.ChainLiberties(x, y)))
        << "stone at " << x << ", " << y;
    ASSERT_EQ(Shown(planes, 3, point), empty ? UpToThree(LibertiesAfter(board, to_move, x, y)) : 0)
        << "move at " << x << ", " << y;
  }
}

TEST(LibertiesTest, AreThoseOfTheBoardAndOfTheBoardAfterEachMove) {
  for (uint32_t seed = 0; seed < 4; ++seed) {
    const go::GameRecord game = go::RandomGame(seed, 400);
    go::Board board(kBoardSize);
    for (size_t ply = 0; ply < game.moves.size(); ++ply) {
      board.Play(game.moves[ply]);
      if (ply % 23 == 0) ExpectAgreement(board, go::Opposite(game.moves[ply].color));
      if (HasFatalFailure()) return;
    }
  }
}

TEST(LibertiesTest, ExpandToTheChannelsFromTheFirstOn) {
  LibertyPlanes planes{};
  planes[0][0] = 1;                           // point 0
  planes[5][5] = uint64_t{1} << (360 - 320);  // the last point
  constexpr int kChannels = 9, kFirst = 2;
  std::vector<float> output(kChannels * kPointCount, -1);
  ExpandNhwc(planes, kFirst, kChannels, output);
  for (int point = 0; point < kPointCount; ++point) {
    for (int channel = 0; channel < kChannels; ++channel) {
      const bool is_one = (point == 0 && channel == 2) || (point == 360 && channel == 7);
      const bool is_ours = channel >= kFirst && channel < kFirst + kLibertyPlanes;
      ASSERT_EQ(output[point * kChannels + channel], is_one ? 1 : is_ours ? 0 : -1);
    }
  }
}

}  // namespace
}  // namespace moyo::features
