#include "trainer/model/leela_zero_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/files.h"
#include "tests/support/temp_folder.h"
#include "tests/trainer/model/made_tower.h"
#include "trainer/model/gzip.h"
#include "trainer/model/model_file.h"

namespace moyo::trainer {
namespace {

std::vector<std::string> LinesOf(const Tower& tower) {
  return absl::StrSplit(LeelaZeroText(tower), '\n', absl::SkipEmpty());
}
size_t Numbers(const std::string& line) {
  return std::vector<std::string>(absl::StrSplit(line, ' ')).size();
}
std::string Message(const std::vector<std::string>& lines) {
  return std::string(ParseLeelaZero(absl::StrJoin(lines, "\n"), "w.txt").status().message());
}

class LeelaZeroFileTest : public testing::Test {
 protected:
  torch::NoGradGuard no_grad_;
  Tower tower_ = MadeTower();
};

TEST_F(LeelaZeroFileTest, LinesAreInTheFormatsOrder) {
  const std::vector<std::string> lines = LinesOf(tower_);
  ASSERT_EQ(lines.size(), 1u + 4 + 2 * 8 + 14);
  EXPECT_EQ(lines[0], "1");
  EXPECT_EQ(Numbers(lines[1]), 6u * 18 * 9);
  EXPECT_EQ(Numbers(lines[2]), 6u);
  EXPECT_EQ(Numbers(lines[5]), 6u * 6 * 9);
  const size_t policy = 5 + 2 * 8;
  EXPECT_EQ(Numbers(lines[policy]), 2u * 6);
  EXPECT_EQ(Numbers(lines[policy + 4]), 362u * 722);
  EXPECT_EQ(Numbers(lines[policy + 5]), 362u);
  EXPECT_EQ(Numbers(lines[policy + 6]), 6u);
  EXPECT_EQ(Numbers(lines[policy + 10]), 256u * 361);
  EXPECT_EQ(Numbers(lines[policy + 11]), 256u);
  EXPECT_EQ(Numbers(lines[policy + 12]), 256u);
  EXPECT_EQ(Numbers(lines[policy + 13]), 1u);
}

TEST_F(LeelaZeroFileTest, RowsAreCountedFromTheBottomThere) {
  tower_->policy_linear->bias.zero_();
  tower_->policy_linear->bias[3] = 7.0;    // (3, 0): the topmost row
  tower_->policy_linear->bias[361] = 9.0;  // the pass
  const std::vector<std::string> bias = absl::StrSplit(LinesOf(tower_)[5 + 2 * 8 + 5], ' ');
  EXPECT_EQ(bias[18 * 19 + 3], "7");
  EXPECT_EQ(bias[3], "0");
  EXPECT_EQ(bias[361], "9");
}

TEST_F(LeelaZeroFileTest, WhatIsWrittenComputesTheSameWhenRead) {
  const auto read = ParseLeelaZero(LeelaZeroText(tower_), "w.txt");
  ASSERT_TRUE(read.ok()) << read.status();
  Tower copy = *read;
  EXPECT_EQ(copy->shape, tower_->shape);
  const torch::Tensor planes = MadePlanes(4);
  EXPECT_LT(LargestDifference(tower_->forward(planes), copy->forward(planes)), 1e-3);
}

// Written out, the value head of a pooled tower has the format's size.
TEST_F(LeelaZeroFileTest, PooledTowerIsReadAsATowerThatComputesTheSame) {
  Tower pooled = MadeTower(Architecture::kPooledTower);
  pooled->value_linear->weight.fill_(0.3);
  const auto read = ParseLeelaZero(LeelaZeroText(pooled), "w.txt");
  ASSERT_TRUE(read.ok()) << read.status();
  Tower copy = *read;
  EXPECT_EQ(copy->shape.architecture, Architecture::kLeelaZero);
  const torch::Tensor planes = MadePlanes(4);
  EXPECT_LT(LargestDifference(pooled->forward(planes), copy->forward(planes)), 1e-3);
}

TEST_F(LeelaZeroFileTest, GzippedFileLoadsAsAModel) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/weights.txt.gz";
  ASSERT_TRUE(SaveLeelaZero(tower_, path).ok());
  EXPECT_EQ(ReadFile(path)->substr(0, 2), "\x1f\x8b");
  const auto loaded = LoadModel(path);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  Tower copy = *loaded;
  const torch::Tensor planes = MadePlanes(2);
  EXPECT_LT(LargestDifference(tower_->forward(planes), copy->forward(planes)), 1e-3);

  std::string bytes = *ReadFile(path);
  bytes[bytes.size() / 2] ^= 1;
  EXPECT_TRUE(absl::IsInvalidArgument(ParseLeelaZero(bytes, path).status()));
}

TEST(GzipTest, UnpacksUpToTheLimitAndNoFurther) {
  // So well packed that the room grows several times.
  for (const size_t size : {0, 1, 5000, 100000}) {
    const std::string text(size, 'x'), packed = Gzip(text);
    EXPECT_EQ(*Gunzip(packed, size), text);
    EXPECT_EQ(*Gunzip(packed, 10 * size + 1), text);
    if (size == 0) continue;
    const absl::Status status = Gunzip(packed, size - 1).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_NE(status.message().find("unpacks to more than"), std::string::npos) << status;
  }
}

TEST_F(LeelaZeroFileTest, BiasesBeforeTheNormAreLowerMeans) {
  std::vector<std::string> lines = LinesOf(tower_);
  lines[2] = "1 2 3 4 5 6";
  lines[3] = "0.5 0.5 0.5 0.5 0.5 0.5";
  const auto read = ParseLeelaZero(absl::StrJoin(lines, "\n"), "w.txt");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_FLOAT_EQ((*read)->input->norm->running_mean[5].item<float>(), -5.5f);
}

TEST_F(LeelaZeroFileTest, DamageIsNamedByLine) {
  const std::vector<std::string> good = LinesOf(tower_);
  auto lines = good;
  lines[0] = "2";
  EXPECT_NE(Message(lines).find("version 2"), std::string::npos) << Message(lines);
  lines = good;
  lines[6] += " 1.5";
  EXPECT_NE(Message(lines).find("line 7 has 7 numbers instead of 6"), std::string::npos)
      << Message(lines);
  lines = good;
  lines[3] = "0 0 zero 0 0 0";
  EXPECT_NE(Message(lines).find("line 4"), std::string::npos) << Message(lines);
  lines = good;
  lines[3] = "0 0 nan 0 0 0";
  EXPECT_NE(Message(lines).find("line 4"), std::string::npos) << Message(lines);
  lines = good;
  lines.pop_back();
  EXPECT_NE(Message(lines).find("fit no residual tower"), std::string::npos) << Message(lines);
  EXPECT_NE(Message({"1"}).find("fit no residual tower"), std::string::npos);
  EXPECT_NE(Message({""}).find("no version"), std::string::npos);
  EXPECT_NE(Message({}).find("'w.txt'"), std::string::npos);
}

TEST_F(LeelaZeroFileTest, RecalibratedNetworkComputesTheSameInBothModes) {
  Tower read = *ParseLeelaZero(LeelaZeroText(tower_), "w.txt");
  const torch::Tensor planes = MadePlanes(64);
  const TowerImpl::Output before = read->forward(planes);
  read->train();
  // Folded scales: normalising by the batch gives another network.
  EXPECT_GT(LargestDifference(before, read->forward(planes)), 0.1);
  read = *ParseLeelaZero(LeelaZeroText(tower_), "w.txt");
  Recalibrate(read, planes);
  EXPECT_LT(LargestDifference(before, read->forward(planes)), 1e-2);
  read->train();
  EXPECT_LT(LargestDifference(before, read->forward(planes)), 1e-2);
}

TEST(ModelFileTest, WhatIsNoModelIsNamed) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/notes.txt";
  ASSERT_TRUE(WriteFileAtomically(path, "no network at all").ok());
  const absl::Status status = LoadModel(path).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_NE(status.message().find("notes.txt"), std::string::npos);
  EXPECT_TRUE(absl::IsNotFound(LoadModel(folder.path() + "/none").status()));
}

}  // namespace
}  // namespace moyo::trainer
