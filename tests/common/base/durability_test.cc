// That a file survives a power cut whole, told by the order of the calls that bring it to the disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "common/base/files.h"
#include "tests/support/disk_calls.h"
#include "tests/support/temp_folder.h"

namespace moyo {
namespace {

using testing::ElementsAre;

std::string FolderName(const test::TempFolder& folder) {
  return std::filesystem::path(folder.path()).filename().string() + "/";
}

TEST(DurabilityTest, BytesAreThereBeforeTheNameAndTheNameBeforeTheAnswer) {
  const test::TempFolder folder;
  test::DiskCalls calls;
  ASSERT_TRUE(WriteFileAtomically(folder.path() + "/file", "bytes").ok());
  EXPECT_THAT(calls.Take(), ElementsAre("write file.tmp", "sync file.tmp", "rename file.tmp file",
                                        "sync " + FolderName(folder)));
  ASSERT_TRUE(WriteSecretFile(folder.path() + "/key", "bytes").ok());
  EXPECT_THAT(calls.Take(), ElementsAre("unlink key.tmp", "write key.tmp", "sync key.tmp",
                                        "rename key.tmp key", "sync " + FolderName(folder)));
}

TEST(DurabilityTest, FailedSyncIsAnErrorAndLeavesTheOldFile) {
  const test::TempFolder folder;
  const std::string path = folder.Write("file", "old");
  test::DiskCalls calls;
  calls.FailNextSync("file.tmp");
  EXPECT_TRUE(absl::IsInternal(WriteFileAtomically(path, "new")));
  EXPECT_EQ(*ReadFile(path), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
  calls.FailNextSync(FolderName(folder));
  EXPECT_TRUE(absl::IsInternal(WriteFileAtomically(path, "new")));
}

}  // namespace
}  // namespace moyo
