#include "cli/run_reset.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "common/base/files.h"
#include "tests/support/temp_folder.h"

namespace moyo::cli {
namespace {

class RunResetTest : public testing::Test {
 protected:
  RunResetTest() {
    folder_.Write("version", "moyo-run 1\n");
    folder_.Write("server/shards/1.npz", "12345");
    folder_.Write("server/moyo.db", "123");
    folder_.Write("spool/worker-1/x", "1");
    folder_.Write("trainer/cache/1.npz", "12");
    folder_.Write("trainer/checkpoints/1", "1234");
    folder_.Write("model.pt", "1");
    folder_.Write("logs/server.log", "kept");
  }
  bool Has(const std::string& name) { return std::filesystem::exists(folder_.Path(name)); }
  absl::Status Reset(ResetScope scope) {
    const auto items = ListReset(folder_.path(), scope);
    if (!items.ok()) return items.status();
    return ApplyReset(folder_.path(), *items);
  }

  test::TempFolder folder_;
};

TEST_F(RunResetTest, ListingCountsFilesAndBytesAndRemovesNothing) {
  const auto items = ListReset(folder_.path(), {.shards = true});
  ASSERT_TRUE(items.ok());
  ASSERT_EQ(items->size(), 3u);
  EXPECT_EQ((*items)[0].path, folder_.Path("server"));
  EXPECT_EQ((*items)[0].files, 2u);
  EXPECT_EQ((*items)[0].bytes, 8u);
  EXPECT_TRUE(Has("server/moyo.db"));
}

TEST_F(RunResetTest, ShardsLeaveTheModel) {
  ASSERT_TRUE(Reset({.shards = true}).ok());
  EXPECT_FALSE(Has("server"));
  EXPECT_FALSE(Has("spool"));
  EXPECT_FALSE(Has("trainer/cache"));
  EXPECT_TRUE(Has("trainer/checkpoints/1"));
  EXPECT_TRUE(Has("model.pt"));
}

TEST_F(RunResetTest, ModelLeavesTheShards) {
  ASSERT_TRUE(Reset({.model = true}).ok());
  EXPECT_FALSE(Has("trainer"));
  EXPECT_FALSE(Has("model.pt"));
  EXPECT_TRUE(Has("server/shards/1.npz"));
}

TEST_F(RunResetTest, BothLeaveARunFolder) {
  ASSERT_TRUE(Reset({.shards = true, .model = true}).ok());
  EXPECT_TRUE(Has("version"));
  EXPECT_TRUE(Has("logs/server.log"));
  EXPECT_TRUE(ListReset(folder_.path(), {.shards = true, .model = true})->empty());
}

TEST_F(RunResetTest, RunningServerIsARefusal) {
  const auto lock = FileLock::Acquire(folder_.Path("server/lock"));
  ASSERT_TRUE(lock.ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(Reset({.model = true})));
  EXPECT_TRUE(Has("model.pt"));
}

// It would go on writing checkpoints into a folder that is gone.
TEST_F(RunResetTest, RunningTrainerIsARefusal) {
  const auto lock = FileLock::Acquire(folder_.Path("trainer/lock"));
  ASSERT_TRUE(lock.ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(Reset({.shards = true})));
  EXPECT_TRUE(absl::IsFailedPrecondition(Reset({.model = true})));
  EXPECT_TRUE(Has("model.pt"));
  EXPECT_TRUE(Has("server/moyo.db"));
}

// Else a server would start on what is left.
TEST_F(RunResetTest, LockIsTheLastThatGoes) {
  auto items = ListReset(folder_.path(), {.shards = true});
  ASSERT_TRUE(items.ok());
  items->push_back({.path = "/proc/self/status"});  // which nobody can remove
  EXPECT_FALSE(ApplyReset(folder_.path(), *items).ok());
  EXPECT_FALSE(Has("server/moyo.db"));
  EXPECT_FALSE(Has("server/shards"));
  EXPECT_TRUE(Has("server/lock"));
  ASSERT_TRUE(Reset({.shards = true}).ok());
  EXPECT_FALSE(Has("server"));
}

TEST_F(RunResetTest, FolderThatIsNoRunIsRefused) {
  std::filesystem::remove(folder_.Path("version"));
  EXPECT_TRUE(absl::IsNotFound(Reset({.shards = true})));
  EXPECT_TRUE(Has("server/moyo.db"));
}

TEST_F(RunResetTest, LinksAreRemovedNotFollowed) {
  const test::TempFolder elsewhere;
  elsewhere.Write("precious", "1");
  std::filesystem::create_directory_symlink(elsewhere.path(), folder_.Path("server/shards/link"));
  ASSERT_TRUE(Reset({.shards = true}).ok());
  EXPECT_TRUE(std::filesystem::exists(elsewhere.Path("precious")));
}

}  // namespace
}  // namespace moyo::cli
