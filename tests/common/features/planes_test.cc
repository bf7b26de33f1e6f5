#include "common/features/planes.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/common/go/random_game.h"

namespace moyo::features {
namespace {

bool Bit(const std::array<uint64_t, kWordsPerPlane>& plane, int point) {
  return plane[point >> 6] >> (point & 63) & 1;
}

// Bit planes after `plies` moves, and the boards they must show.
struct Sampled {
  BitPlanes planes;
  std::vector<go::Board> boards;  // after 0, 1, ... plies
};

Sampled SampleGame(const go::GameRecord& game, size_t plies, go::Color to_move) {
  Sampled sampled;
  History history;
  go::Board board(19);
  history.Push(board);
  sampled.boards.push_back(board);
  for (size_t ply = 0; ply < plies; ++ply) {
    board.Play(game.moves[ply]);
    history.Push(board);
    sampled.boards.push_back(board);
  }
  history.Fill(to_move, sampled.planes);
  return sampled;
}

TEST(PlanesTest, HistoryShowsTheLastEightPositionsOfEachSide) {
  const go::GameRecord game = go::RandomGame(5, 250);
  for (size_t plies : {0, 1, 5, 7, 8, 9, 250}) {
    for (go::Color color : {go::Color::kBlack, go::Color::kWhite}) {
      const Sampled sampled = SampleGame(game, plies, color);
      for (size_t age = 0; age < kHistory; ++age) {
        for (int point = 0; point < kPointCount; ++point) {
          const go::Color at = age > plies ? go::Color::kEmpty
                                           : sampled.boards[plies - age].At(point % 19, point / 19);
          ASSERT_EQ(Bit(sampled.planes.history[age], point), at == color);
          ASSERT_EQ(Bit(sampled.planes.history[kHistory + age], point), at == go::Opposite(color));
        }
      }
    }
  }
}

TEST(PlanesTest, ExpansionAgreesWithTheBits) {
  const go::GameRecord game = go::RandomGame(6, 120);
  std::vector<BitPlanes> samples = {SampleGame(game, 120, go::Color::kBlack).planes,
                                    SampleGame(game, 60, go::Color::kWhite).planes};
  constexpr int kChannels = kPlanes + 3;  // three are left alone
  std::vector<float> output(samples.size() * kChannels * kPointCount, -1);
  ExpandNhwc(samples, kChannels, output);
  for (size_t n = 0; n < samples.size(); ++n) {
    for (int plane = 0; plane < kChannels; ++plane) {
      for (int point = 0; point < kPointCount; ++point) {
        float expected = -1;
        if (plane < 16) {
          expected = Bit(samples[n].history[plane], point) ? 1 : 0;
        } else if (plane < kPlanes) {
          expected = (plane == 16) == (samples[n].to_move == go::Color::kBlack) ? 1 : 0;
        }
        ASSERT_EQ(output[(n * kPointCount + point) * kChannels + plane], expected);
      }
    }
  }
}

TEST(PlanesTest, PolicyIndexAndPointAreInverse) {
  for (int index = 0; index < kPolicySize; ++index) {
    EXPECT_EQ(PolicyIndex(PolicyPoint(index)), index);
  }
  EXPECT_EQ(PolicyIndex({3, 15}), 15 * 19 + 3);
}

}  // namespace
}  // namespace moyo::features
