#include "server/run_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/base/version.h"
#include "tests/server/store/store_fixture.h"
#include "tests/support/temp_folder.h"

namespace moyo::server {
namespace {

using ::testing::HasSubstr;

class RunFolderTest : public testing::Test {
 protected:
  test::TempFolder folder_;
  const std::string run_dir_ = folder_.path() + "/run";
};

TEST_F(RunFolderTest, NewOneIsMadeWithItsVersion) {
  const absl::StatusOr<FileLock> lock = OpenRunFolder(run_dir_);
  ASSERT_TRUE(lock.ok()) << lock.status();
  EXPECT_EQ(*ReadFile(run_dir_ + "/version"), std::string(kRunFolderVersion) + "\n");
}

TEST_F(RunFolderTest, HasOneServerAtATime) {
  {
    const absl::StatusOr<FileLock> first = OpenRunFolder(run_dir_);
    ASSERT_TRUE(first.ok()) << first.status();
    const absl::Status second = OpenRunFolder(run_dir_).status();
    EXPECT_TRUE(absl::IsAborted(second)) << second;
    EXPECT_THAT(std::string(second.message()), HasSubstr("uses run directory '" + run_dir_ + "'"));
  }
  EXPECT_TRUE(OpenRunFolder(run_dir_).ok());
}

TEST_F(RunFolderTest, AnotherVersionIsRefusedAndStaysAsItIs) {
  folder_.Write("run/version", "moyo-run 99\n");
  const absl::Status status = OpenRunFolder(run_dir_).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("is of version 'moyo-run 99'"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("use another --run-dir"));
  EXPECT_EQ(*ReadFile(run_dir_ + "/version"), "moyo-run 99\n");
  EXPECT_TRUE(absl::IsNotFound(ReadFile(run_dir_ + "/server/lock").status()));
}

TEST_F(RunFolderTest, BytesInTheVersionAreShownEscaped) {
  folder_.Write("run/version", "\x1b[31m\xff");
  const absl::Status status = OpenRunFolder(run_dir_).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_EQ(status.message().find('\x1b'), absl::string_view::npos);
}

TEST_F(RunFolderTest, FileInItsPlaceIsAnErrorThatNamesIt) {
  folder_.Write("run", "not a folder");
  const absl::Status status = OpenRunFolder(run_dir_).status();
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr(run_dir_));
}

TEST(DuplicatesOfTest, WordsAreDropAndKeep) {
  EXPECT_EQ(*DuplicatesOf({}), std::nullopt);
  EXPECT_EQ(*DuplicatesOf({.duplicates = "drop"}), store::Duplicates::kDrop);
  EXPECT_EQ(*DuplicatesOf({.duplicates = "keep"}), store::Duplicates::kKeep);
  const absl::Status status = DuplicatesOf({.duplicates = "some"}).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("not 'some'"));
}

class SettleParseOptionsTest : public store::StoreFixture {};

TEST_F(SettleParseOptionsTest, DefaultsAreThoseOfTheHelp) {
  const absl::StatusOr<v1::ParseOptions> parse = SettleParseOptions(*store_, {});
  ASSERT_TRUE(parse.ok()) << parse.status();
  EXPECT_EQ(parse->min_moves(), 30u);
  EXPECT_EQ(parse->max_moves(), 1000u);
  EXPECT_EQ(parse->board_size(), 0u);
}

TEST_F(SettleParseOptionsTest, ThoseOfTheFirstStartStand) {
  ASSERT_TRUE(SettleParseOptions(*store_, {.min_moves = 50, .board_size = 19}).ok());
  const absl::StatusOr<v1::ParseOptions> later = SettleParseOptions(*store_, {});
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_EQ(later->min_moves(), 50u);
  EXPECT_EQ(later->max_moves(), 1000u);
  EXPECT_EQ(later->board_size(), 19u);
  EXPECT_TRUE(SettleParseOptions(*store_, {.min_moves = 50}).ok());
}

TEST_F(SettleParseOptionsTest, OthersAreRefusedByName) {
  ASSERT_TRUE(SettleParseOptions(*store_, {}).ok());
  const absl::Status status = SettleParseOptions(*store_, {.max_moves = 500}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("begun with --max-moves 1000, not 500"));
}

TEST_F(SettleParseOptionsTest, DamagedOneIsNamed) {
  ASSERT_TRUE(store_->SetMeta("option min-moves", "many").ok());
  const absl::Status status = SettleParseOptions(*store_, {}).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("option min-moves is damaged"));
}

}  // namespace
}  // namespace moyo::server
