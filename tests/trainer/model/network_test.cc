#include "trainer/model/network.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "common/base/files.h"
#include "common/base/seal.h"
#include "tests/common/go/random_game.h"
#include "tests/support/temp_folder.h"
#include "trainer/model/model_file.h"
#include "trainer/model/tower.h"

namespace moyo::trainer {
namespace {

constexpr Architecture kArchitectures[] = {Architecture::kLeelaZero, Architecture::kPooledTower,
                                           Architecture::kGlobalPooling};

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
  for (const int channels : {kPlainChannels, kChannelsWithLiberties}) {
    const torch::Tensor expected = ExpandPlanes(positions, channels);
    const torch::Tensor expanded = ExpandBits(PackBits(positions, channels));
    EXPECT_EQ(expected.size(1), channels);
    EXPECT_TRUE(torch::equal(expanded, expected));
    EXPECT_TRUE(expanded.is_contiguous(torch::MemoryFormat::ChannelsLast));
  }
}

TEST(NetworkTest, LibertiesStandBehindThePlanesOfThePosition) {
  const std::vector<features::BitPlanes> positions = Positions();
  const torch::Tensor all = ExpandPlanes(positions, kChannelsWithLiberties);
  EXPECT_TRUE(
      torch::equal(all.narrow(1, 0, kPlainChannels), ExpandPlanes(positions, kPlainChannels)));
  for (size_t i = 0; i < positions.size(); ++i) {
    const features::LibertyPlanes liberties =
        features::CountLiberties(positions[i].history[0], positions[i].history[features::kHistory]);
    for (int plane = 0; plane < features::kLibertyPlanes; ++plane) {
      const torch::Tensor row =
          all[static_cast<int64_t>(i)][kPlainChannels + plane].reshape(-1).contiguous();
      for (int point = 0; point < features::kPointCount; ++point) {
        ASSERT_EQ(row.data_ptr<float>()[point] == 1,
                  (liberties[plane][point >> 6] >> (point & 63) & 1) == 1);
      }
    }
  }
}

TEST(NetworkTest, ModelOfAnotherInputIsRefused) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/model.pt";
  torch::serialize::OutputArchive archive;
  archive.write("moyo", c10::IValue(R"({"format": 1, "architecture": "gpool", "blocks": 1,
                                        "filters": 8})"));  // before there were liberties
  archive.save_to(path);
  const absl::Status status = LoadNetwork(path).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("takes 18 planes, this program's gpool 24"), std::string::npos)
      << status;
}

TEST(NetworkTest, FlippedBitOfAModelIsNoticed) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/model.pt";
  const auto network = MakeNetwork({.blocks = 1, .filters = 8});
  ASSERT_TRUE(SaveModel(*network, path).ok());
  ASSERT_TRUE(LoadNetwork(path).ok());
  const std::string bytes = *ReadFile(path);
  // In weights, in the archive's index, and in the digest itself.
  for (const size_t at : {bytes.size() / 2, bytes.size() - 100, bytes.size() - 1}) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    ASSERT_TRUE(WriteFileAtomically(path, damaged).ok());
    const absl::Status status = LoadNetwork(path).status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_NE(status.message().find("model '" + path + "' is damaged"), std::string::npos)
        << status;
  }
}

TEST(NetworkTest, ModelIsSavedWithItsValueScaledAndNothingElse) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/model.pt";
  const torch::NoGradGuard no_grad;
  torch::manual_seed(7);
  for (const Architecture architecture : kArchitectures) {
    const auto network = MakeNetwork({.blocks = 1, .filters = 8, .architecture = architecture});
    network->eval();
    // Fresh, a pooled tower is as sure as a float can be, of any planes.
    if (architecture == Architecture::kPooledTower) ScaleValue(*network, 0.02);
    ASSERT_TRUE(SaveModel(*network, path, 0.25).ok());
    const auto loaded = LoadNetwork(path);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    const torch::Tensor planes = torch::rand({4, network->input_channels, 19, 19});
    const Network::Output before = network->forward(planes);
    ASSERT_LT(before.value.abs().max().item<float>(), 0.95);
    const Network::Output after = (*loaded)->forward(planes);
    EXPECT_TRUE(torch::allclose(after.policy, before.policy, 1e-4, 1e-4));
    EXPECT_TRUE(
        torch::allclose(after.value, torch::tanh(0.25 * torch::atanh(before.value)), 1e-3, 1e-4));
  }
}

// The value is a count of the points that it says the side to move has.
TEST(NetworkTest, ThePooledTowersValueFollowsFromItsOwners) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(7);
  for (const Architecture architecture : kArchitectures) {
    const auto network = MakeNetwork({.blocks = 1, .filters = 8, .architecture = architecture});
    network->eval();
    const Network::Output output = network->forward(network->Input(Positions()));
    ASSERT_EQ(output.ownership.defined(), architecture == Architecture::kPooledTower);
    if (!output.ownership.defined()) continue;
    EXPECT_EQ(output.ownership.sizes(), (std::vector<int64_t>{6, features::kPointCount}));
    EXPECT_EQ(output.ownership.scalar_type(), torch::kFloat);
    EXPECT_GE(output.ownership.min().item<float>(), -1);
    const auto& tower = dynamic_cast<const TowerImpl&>(*network);
    const torch::Tensor sum = output.ownership.mean(1) * (19 / std::sqrt(2 * M_PI));
    const torch::Tensor value =
        torch::tanh(sum * tower.value_linear->weight[0][0] + tower.value_linear->bias[0]);
    EXPECT_TRUE(torch::allclose(output.value, value, 1e-4, 1e-4));
  }
}

TEST(NetworkTest, ModelOfTheFirstVersionHasNoSeal) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/model.pt";
  const auto network = MakeNetwork({.blocks = 1, .filters = 8});
  ASSERT_TRUE(SaveModel(*network, path).ok());
  std::string archive = *ReadFile(path);
  ASSERT_TRUE(Unseal(archive));
  ASSERT_TRUE(WriteFileAtomically(path, archive).ok());
  const auto loaded = LoadNetwork(path);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_TRUE(torch::equal((*loaded)->parameters()[0], network->parameters()[0]));
}

TEST(NetworkTest, OutputsOnAGpuAreThoseOfTheCpu) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "no GPU";
  torch::NoGradGuard no_grad;
  const std::vector<features::BitPlanes> positions = Positions();
  for (const Architecture architecture : kArchitectures) {
    const NetShape shape{.blocks = 2, .filters = 16, .architecture = architecture};
    const std::shared_ptr<Network> here = MakeNetwork(shape), there = MakeNetwork(shape);
    CopyWeights(*here, *there);
    there->to(torch::kCUDA);
    here->eval();
    there->eval();
    const Network::Output expected = here->forward(here->Input(positions));
    const Network::Output output = there->forward(there->Input(positions));
    EXPECT_TRUE(torch::allclose(output.policy.cpu(), expected.policy, 1e-3, 1e-3));
    EXPECT_TRUE(torch::allclose(output.value.cpu(), expected.value, 1e-3, 1e-3));
  }
}

}  // namespace
}  // namespace moyo::trainer
