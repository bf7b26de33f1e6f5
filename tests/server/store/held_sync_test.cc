// What may come between a file's name and the sync of its folder: the sync is held until the test
// says so, and then fails.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <thread>

#include "absl/synchronization/notification.h"
#include "tests/server/store/store_fixture.h"

namespace moyo::store {
namespace {

struct HeldSync {
  absl::Notification reached, goes_on;
};

std::atomic<HeldSync*> held_sync = nullptr;  // the next sync of a folder

bool IsFolder(int fd) {
  struct stat info;
  return fstat(fd, &info) == 0 && S_ISDIR(info.st_mode);
}

using HeldSyncTest = StoreFixture;

// A worker that lost the answer sends its shard again while the first stream still ends.
TEST_F(HeldSyncTest, ShardThatWasCommittedMeanwhileStaysWhenTheSyncOfItsCopyFails) {
  AddUnits({{1}});
  const work::Unit unit = Lease().unit;
  const CommitRequest commit = Accepting(unit, {"a"});
  const std::string bytes = "shard " + std::to_string(unit.id.value);  // as Upload sends it
  auto copy = store_->BeginUpload(unit.id, unit.token, bytes.size());
  ASSERT_TRUE(copy.ok() && (*copy)->Append(bytes).ok());
  ASSERT_TRUE(Upload(unit, commit.digest).ok());
  HeldSync held;
  held_sync = &held;
  absl::Status finished;
  std::thread second([&] {
    finished =
        store_->FinishUpload(unit.id, unit.token, commit.digest, bytes.size(), *std::move(copy));
  });
  held.reached.WaitForNotification();
  EXPECT_TRUE(store_->CommitUnsynced(commit).ok());
  held.goes_on.Notify();
  second.join();
  EXPECT_TRUE(absl::IsInternal(finished)) << finished;
  const auto shard = store_->FindShard(unit.id);
  ASSERT_TRUE(shard.ok()) << shard.status();
  EXPECT_TRUE(std::filesystem::exists(shard->first));
}

}  // namespace
}  // namespace moyo::store

extern "C" int fsync(int fd) {
  using moyo::store::held_sync;
  if (held_sync != nullptr && moyo::store::IsFolder(fd)) {
    moyo::store::HeldSync* const held = held_sync.exchange(nullptr);
    held->reached.Notify();
    held->goes_on.WaitForNotification();
    errno = EIO;
    return -1;
  }
  return reinterpret_cast<int (*)(int)>(dlsym(RTLD_NEXT, "fsync"))(fd);
}
