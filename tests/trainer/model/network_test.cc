#include "trainer/model/network.h"

#include <gtest/gtest.h>

#include <vector>

#include "common/features/planes.h"
#include "tests/common/go/random_game.h"

namespace moyo::trainer {
namespace {

// Positions of random games, Black and White to move.
std::vector<features::BitPlanes> Positions() {
  std::vector<features::BitPlanes> positions;
  for (uint32_t seed = 0; seed < 6; ++seed) {
    const go::GameRecord game = go::RandomGame(seed, 20 + 30 * static_cast<int>(seed));
    go::Board board(features::kBoardSize);
    features::History history;
    history.Push(board);
    for (const go::Move& move : game.moves) {
      board.Play(move);
      history.Push(board);
    }
    history.Fill(seed % 2 == 0 ? go::Color::kBlack : go::Color::kWhite, positions.emplace_back());
  }
  return positions;
}

TEST(NetworkTest, BitsExpandByTorchToThePlanesOfTheCpu) {
  const std::vector<features::BitPlanes> positions = Positions();
  const torch::Tensor expected = ExpandPlanes(positions);
  const torch::Tensor expanded = ExpandBits(PackBits(positions));
  EXPECT_TRUE(torch::equal(expanded, expected));
  EXPECT_TRUE(expanded.is_contiguous(torch::MemoryFormat::ChannelsLast));
}

TEST(NetworkTest, OutputsOnAGpuAreThoseOfTheCpu) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "no GPU";
  torch::NoGradGuard no_grad;
  const std::vector<features::BitPlanes> positions = Positions();
  for (const Architecture architecture : {Architecture::kLeelaZero, Architecture::kGlobalPooling}) {
    const NetShape shape{.blocks = 2, .filters = 16, .architecture = architecture};
    const std::shared_ptr<Network> here = MakeNetwork(shape), there = MakeNetwork(shape);
    CopyWeights(*here, *there);
    there->to(torch::kCUDA);
    here->eval();
    there->eval();
    const Network::Output expected = here->forward(ExpandPlanes(positions, here->device()));
    const Network::Output output = there->forward(ExpandPlanes(positions, there->device()));
    EXPECT_TRUE(torch::allclose(output.policy.cpu(), expected.policy, 1e-3, 1e-3));
    EXPECT_TRUE(torch::allclose(output.value.cpu(), expected.value, 1e-3, 1e-3));
  }
}

}  // namespace
}  // namespace moyo::trainer
