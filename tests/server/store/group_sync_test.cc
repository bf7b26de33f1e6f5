#include "server/store/group_sync.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/temp_folder.h"

namespace moyo::store {
namespace {

TEST(GroupSyncTest, ManyAtOnceAreAllServed) {
  test::TempFolder folder;
  GroupSync file(folder.Write("log", "bytes"), GroupSync::Kind::kFile);
  GroupSync whole(folder.path(), GroupSync::Kind::kFolder);
  std::atomic<int> served{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 200; ++n) served += file.Wait().ok() && whole.Wait().ok();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(served, 16 * 200);
}

TEST(GroupSyncTest, WhatWasAskedForIsDoneBeforeTheEnd) {
  test::TempFolder folder;
  int served = 0;
  {
    GroupSync sync(folder.Write("log", "bytes"), GroupSync::Kind::kFile);
    for (int i = 0; i < 5; ++i)
      sync.Then([&](const absl::Status& status) { served += status.ok(); });
  }
  EXPECT_EQ(served, 5);
}

TEST(GroupSyncTest, PathThatIsNotThereYetIsOpenedLater) {
  test::TempFolder folder;
  GroupSync sync(folder.path() + "/log", GroupSync::Kind::kFile);
  EXPECT_TRUE(absl::IsNotFound(sync.Wait()));
  EXPECT_TRUE(sync.failure().ok());
  folder.Write("log", "bytes");
  EXPECT_TRUE(sync.Wait().ok());
}

// A device that cannot be synced stands in for a disk that fails.
TEST(GroupSyncTest, AfterOneFailureNothingIsPromisedAnyMore) {
  GroupSync sync("/dev/null", GroupSync::Kind::kFile);
  const absl::Status first = sync.Wait();
  EXPECT_TRUE(absl::IsInternal(first)) << first;
  EXPECT_THAT(std::string(first.message()), testing::HasSubstr("restart the server"));
  EXPECT_EQ(sync.Wait(), first);
  EXPECT_EQ(sync.failure(), first);
}

}  // namespace
}  // namespace moyo::store
