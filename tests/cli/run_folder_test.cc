#include "cli/run_folder.h"

#include <gtest/gtest.h>

#include "common/base/files.h"
#include "tests/support/temp_folder.h"

namespace moyo::cli {
namespace {

TEST(RunFolderTest, NewFolderGetsItsVersionAndIsKnownAfterwards) {
  const test::TempFolder folder;
  const std::string run = folder.Path("a/b");
  EXPECT_TRUE(absl::IsNotFound(CheckRunFolder(run)));
  ASSERT_TRUE(OpenRunFolder(run).ok());
  EXPECT_EQ(*ReadFile(run + "/version"), "moyo-run 1\n");
  EXPECT_TRUE(CheckRunFolder(run).ok());
  EXPECT_TRUE(OpenRunFolder(run).ok());
}

TEST(RunFolderTest, OtherVersionIsRefusedWithBothVersions) {
  const test::TempFolder folder;
  folder.Write("version", "moyo-run 2\n");
  const absl::Status status = OpenRunFolder(folder.path());
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_NE(status.message().find("'moyo-run 2'"), std::string::npos);
  EXPECT_NE(status.message().find("'moyo-run 1'"), std::string::npos);
}

TEST(RunFolderTest, FolderWithOtherThingsIsNotTakenOver) {
  const test::TempFolder folder;
  folder.Write("thesis.tex", "");
  EXPECT_TRUE(absl::IsFailedPrecondition(OpenRunFolder(folder.path())));
  EXPECT_TRUE(absl::IsNotFound(CheckRunFolder(folder.path())));
}

TEST(RunFolderTest, FileIsRefused) {
  const test::TempFolder folder;
  EXPECT_TRUE(absl::IsFailedPrecondition(OpenRunFolder(folder.Write("file", ""))));
}

}  // namespace
}  // namespace moyo::cli
