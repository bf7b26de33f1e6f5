#include "play/self_play/self_play_command.h"

#include <filesystem>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "play/game_file.h"
#include "tests/play/fake_evaluator.h"
#include "tests/support/disk_calls.h"
#include "tests/support/temp_folder.h"

namespace moyo::play {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SelfPlayTest : public testing::Test {
 protected:
  SelfPlayTest() {
    options_.out = folder_.path() + "/games";
    options_.games = 6;
    options_.file_games = 3;
    options_.parallel = 4;
    options_.rules.max_moves = 20;
  }
  absl::Status Run() {
    out_.str("");
    return RunSelfPlay(options_, network_, out_, progress_);
  }
  std::string FilePath(int number) const {
    return absl::StrCat(options_.out, "/self-play-0000", number, ".sgf");
  }
  std::string File(int number) const { return *ReadFile(FilePath(number)); }

  test::TempFolder folder_;
  FakeEvaluator network_;
  SelfPlayOptions options_;
  std::ostringstream out_, progress_;
};

TEST_F(SelfPlayTest, EveryFileHoldsItsGamesAndNoTwoAreAlike) {
  ASSERT_TRUE(Run().ok());
  std::set<std::string> openings;
  for (int file : {1, 2}) {
    for (size_t game = 0; game < 3; ++game) {
      const auto record = LoadGame(FilePath(file), game);
      ASSERT_TRUE(record.ok()) << record.status();
      EXPECT_EQ(record->moves.size(), 20u);
      EXPECT_EQ(record->info.komi_half_points, 13);
      EXPECT_EQ(record->info.winner, go::Winner::kUnknown);
      std::string opening;
      for (int i = 0; i < 4; ++i) {
        absl::StrAppend(&opening, record->moves[i].point.x, ",", record->moves[i].point.y, " ");
      }
      openings.insert(opening);
    }
    EXPECT_TRUE(absl::IsOutOfRange(LoadGame(FilePath(file), 3).status()));
  }
  EXPECT_EQ(openings.size(), 6u);
  EXPECT_FALSE(std::filesystem::exists(FilePath(3)));
  EXPECT_THAT(out_.str(), HasSubstr("6 games played into " + options_.out));
  EXPECT_THAT(out_.str(), HasSubstr("20 moves a game, Black won 0.0%, 6 without an end"));
  EXPECT_THAT(progress_.str(), HasSubstr("self-play-00001.sgf: 3 games, 20 moves a game"));
  EXPECT_THAT(network_.batch_sizes, testing::Contains(4u));
}

// Games of all lengths, so that later ones end before earlier ones.
TEST_F(SelfPlayTest, AGameDoesNotDependOnHowManyArePlayedAtOnce) {
  options_.rules.max_moves = 722;
  ASSERT_TRUE(Run().ok());
  const std::string first = File(1), second = File(2);
  options_.out += "-again";
  options_.parallel = 1;
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(File(1), first);
  EXPECT_EQ(File(2), second);
  EXPECT_NE(LoadGame(FilePath(1), 0)->moves.size(), LoadGame(FilePath(1), 1)->moves.size());
  EXPECT_NE(LoadGame(FilePath(1), 0)->info.winner, go::Winner::kUnknown);
  EXPECT_THAT(out_.str(), Not(HasSubstr("without an end")));
  options_.out += "-other";
  options_.seed = 1000;
  ASSERT_TRUE(Run().ok());
  EXPECT_NE(File(1), first);
}

TEST_F(SelfPlayTest, WhatIsThereStaysAndMoreIsPlayed) {
  ASSERT_TRUE(Run().ok());
  const std::string first = File(1);
  ASSERT_TRUE(WriteFileAtomically(FilePath(2), "theirs").ok());
  ASSERT_TRUE(std::filesystem::remove(FilePath(1)));
  options_.games = 7;  // three files
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(File(1), first);
  EXPECT_EQ(File(2), "theirs");
  EXPECT_TRUE(LoadGame(FilePath(3), 2).ok());
  EXPECT_THAT(out_.str(), HasSubstr("6 games played"));
  EXPECT_THAT(out_.str(), HasSubstr("beside 1 file"));
  const size_t asked = network_.batch_sizes.size();
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(network_.batch_sizes.size(), asked);
  EXPECT_THAT(out_.str(), HasSubstr("0 games played"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("a second")));
}

TEST_F(SelfPlayTest, GamesOfOtherOptionsAreNotMixed) {
  options_.network_sha256 = "one";
  ASSERT_TRUE(Run().ok());
  const SelfPlayOptions before = options_;
  options_.network_sha256 = "another";
  options_.rules.temperature = 1;
  options_.seed = 2;
  const absl::Status status = Run();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("were played with another network, temperature, seed; give that"));
  options_ = before;
  options_.games = 9;
  EXPECT_TRUE(Run().ok());
  ASSERT_TRUE(WriteFileAtomically(options_.out + "/.terms.json", "{damaged").ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(Run()));
}

TEST_F(SelfPlayTest, AFailureOfTheNetworkEndsItAndLeavesWholeFiles) {
  network_.failure = absl::InternalError("no memory");
  EXPECT_EQ(Run(), absl::InternalError("no memory"));
  EXPECT_FALSE(std::filesystem::exists(FilePath(1)));
  network_.failure = absl::OkStatus();
  EXPECT_TRUE(Run().ok());
  EXPECT_TRUE(LoadGame(FilePath(2), 2).ok());
}

TEST_F(SelfPlayTest, OneProcessWritesToAFolder) {
  ASSERT_TRUE(MakeFolder(options_.out).ok());
  {
    const auto lock = FileLock::Acquire(options_.out + "/.lock");
    ASSERT_TRUE(lock.ok());
    EXPECT_TRUE(absl::IsFailedPrecondition(Run()));
  }
  EXPECT_TRUE(Run().ok());
}

TEST_F(SelfPlayTest, AFileInTheFoldersPlaceIsToldByName) {
  ASSERT_TRUE(WriteFileAtomically(options_.out, "a file").ok());
  const absl::Status status = Run();
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr(options_.out));
}

TEST_F(SelfPlayTest, AFullDiskEndsItAndWhatWasWrittenCounts) {
  options_.parallel = 1;
  {
    test::DiskCalls calls;
    calls.FailWrites("self-play-00002.sgf.tmp");
    EXPECT_TRUE(absl::IsResourceExhausted(Run()));
  }
  EXPECT_TRUE(LoadGame(FilePath(1), 2).ok());
  EXPECT_FALSE(std::filesystem::exists(FilePath(2)));
  ASSERT_TRUE(Run().ok());
  EXPECT_THAT(out_.str(), HasSubstr("3 games played"));
  EXPECT_TRUE(LoadGame(FilePath(2), 2).ok());
}

}  // namespace
}  // namespace moyo::play
