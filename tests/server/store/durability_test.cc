// What is on the disk when an answer goes out, told by the order of the calls that bring it there.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "absl/synchronization/notification.h"
#include "server/store/database.h"
#include "server/store/group_sync.h"
#include "tests/server/store/store_fixture.h"
#include "tests/support/disk_calls.h"

namespace moyo::store {
namespace {

using testing::ElementsAre;

constexpr char kLogWritten[] = "write moyo.db-wal";
constexpr char kLogSynced[] = "sync moyo.db-wal";

class DurabilityTest : public StoreFixture {
 protected:
  // Whether the log was written, and synced after it was written last.
  static bool LogIsOnTheDisk(const std::vector<std::string>& calls) {
    const auto written = std::find(calls.rbegin(), calls.rend(), kLogWritten);
    const auto synced = std::find(calls.rbegin(), calls.rend(), kLogSynced);
    return written != calls.rend() && synced < written;
  }

  size_t FilesThere() const {
    const std::filesystem::directory_iterator files(path_ + "/shards"), end;
    return static_cast<size_t>(std::distance(files, end));
  }
};

TEST_F(DurabilityTest, ShardIsOnTheDiskBeforeItsNameAndTheNameBeforeTheAnswer) {
  AddUnits({{1}});
  const work::Unit unit = Lease().unit;
  test::DiskCalls calls;
  ASSERT_TRUE(Upload(unit, DigestOfText("d")).ok());
  const std::string name = "unit-00000001-t1.npz";
  EXPECT_THAT(calls.Take(), ElementsAre("write " + name + ".tmp", "sync " + name + ".tmp",
                                        "rename " + name + ".tmp " + name, "sync shards/"));
}

TEST_F(DurabilityTest, AnswersComeWhenTheLogIsOnTheDisk) {
  AddUnits({{1}, {1}});
  test::DiskCalls calls;
  const work::Unit unit = Lease().unit, other = Lease().unit;
  EXPECT_TRUE(LogIsOnTheDisk(calls.Take()));
  const CommitRequest commit = Accepting(unit, {"a"});
  ASSERT_TRUE(Upload(unit, commit.digest).ok());
  calls.Take();
  ASSERT_TRUE(store_->Commit(commit).ok());
  EXPECT_TRUE(LogIsOnTheDisk(calls.Take()));
  // The first answer may have been lost before it was on the disk.
  EXPECT_TRUE(*store_->Commit(commit));
  EXPECT_THAT(calls.Take(), ElementsAre(kLogSynced));
  ASSERT_TRUE(store_->Release(other.id, {other.token, work::Leaving::kFailed, "why"}).ok());
  EXPECT_TRUE(LogIsOnTheDisk(calls.Take()));
  ASSERT_TRUE(store_->SetMeta("key", "value").ok());
  EXPECT_TRUE(LogIsOnTheDisk(calls.Take()));
}

// Else a power cut could give a token out twice, and the lease of before would count as the later.
TEST_F(DurabilityTest, ALeaseIsToldWhenItsTokenIsSetAsideOnTheDisk) {
  AddUnits({{1}, {1}});
  const auto tell = [&](const GrantedUnit& granted) {
    absl::Status told = absl::UnknownError("not told");
    absl::Notification done;
    store_->WhenTellable(granted.unit.token, [&](const absl::Status& status) {
      told = status;
      done.Notify();
    });
    done.WaitForNotification();
    return told;
  };
  test::DiskCalls calls;
  const auto first = *store_->LeaseUnsynced("w"), second = *store_->LeaseUnsynced("w");
  EXPECT_FALSE(LogIsOnTheDisk(calls.Take()));
  ASSERT_TRUE(tell(*first).ok());
  EXPECT_THAT(calls.Take(), ElementsAre(kLogSynced));
  // The second is of the same many.
  ASSERT_TRUE(tell(*second).ok());
  EXPECT_THAT(calls.Take(), ElementsAre());
}

TEST_F(DurabilityTest, ALeaseWhoseTokenIsOnNoDiskIsNotTold) {
  AddUnits({{1}});
  const auto granted = *store_->LeaseUnsynced("w");
  test::DiskCalls calls;
  calls.FailNextSync("moyo.db-wal");
  absl::Status told;
  absl::Notification done;
  store_->WhenTellable(granted->unit.token, [&](const absl::Status& status) {
    told = status;
    done.Notify();
  });
  done.WaitForNotification();
  EXPECT_TRUE(absl::IsInternal(told)) << told;
}

// The kernel forgets what it could not write: a second sync would succeed, and prove nothing.
TEST_F(DurabilityTest, SyncThatFailedOnceIsNotTriedAgain) {
  AddUnits({{1}, {1}});
  const work::Unit unit = Lease().unit, other = Lease().unit;
  const CommitRequest commit = Accepting(unit, {"a"});
  test::DiskCalls calls;
  calls.FailNextSync("shards/");
  const absl::Status first = Upload(unit, commit.digest);
  EXPECT_TRUE(absl::IsInternal(first)) << first;
  EXPECT_EQ(FilesThere(), 0u);
  EXPECT_EQ(Upload(other, commit.digest), first);
  EXPECT_TRUE(absl::IsNotFound(store_->Commit(commit).status()));
}

// A worker that is told of a full disk waits for space, which would not mend this.
TEST_F(DurabilityTest, FullDiskAtASyncIsAFailureThatNoWaitingMends) {
  AddUnits({{1}});
  const work::Unit unit = Lease().unit;
  const CommitRequest commit = Accepting(unit, {"a"});
  ASSERT_TRUE(Upload(unit, commit.digest).ok());
  EXPECT_TRUE(store_->SyncFailure().ok());
  test::DiskCalls calls;
  calls.FailNextSync("moyo.db-wal", ENOSPC);
  const absl::Status failed = store_->Commit(commit).status();
  EXPECT_TRUE(absl::IsInternal(failed)) << failed;
  EXPECT_THAT(std::string(failed.message()), testing::HasSubstr("restart the server"));
  EXPECT_EQ(store_->SetMeta("key", "value"), failed);
  EXPECT_EQ(store_->SyncFailure(), failed);
}

TEST_F(DurabilityTest, UnitWithAnotherTokenInTheDatabaseIsLeftAlone) {
  AddUnits({{1}});
  const work::Unit unit = Lease().unit;
  {
    auto second = Database::Open(path_ + "/moyo.db");
    ASSERT_TRUE(second.ok()) << second.status();
    ASSERT_TRUE((*second)->Execute("UPDATE units SET token = token + 1").ok());
  }
  const CommitRequest commit = Accepting(unit, {"a"});
  ASSERT_TRUE(Upload(unit, commit.digest).ok());
  EXPECT_TRUE(absl::IsAborted(store_->Commit(commit).status()));
  EXPECT_EQ(Counts().accepted, 0u);
  EXPECT_EQ(store_->GetManifest()->shards.size(), 0u);
}

TEST_F(DurabilityTest, UploadOfALostLeaseIsRemoved) {
  AddUnits({{1}});
  const work::Unit unit = Lease().unit;
  ASSERT_TRUE(Upload(unit, DigestOfText("d")).ok());
  EXPECT_EQ(FilesThere(), 1u);
  ASSERT_TRUE(store_->Release(unit.id, {unit.token, work::Leaving::kWilling, ""}).ok());
  EXPECT_EQ(FilesThere(), 0u);
}

TEST_F(DurabilityTest, UploadIsAsLongAsItsHeaderSays) {
  AddUnits({{1}});
  const work::Unit unit = Lease().unit;
  auto upload = store_->BeginUpload(unit.id, unit.token, 3);
  ASSERT_TRUE(upload.ok() && (*upload)->Append("ab").ok());
  EXPECT_TRUE(absl::IsInvalidArgument((*upload)->Sync()));
  EXPECT_TRUE(absl::IsInvalidArgument((*upload)->Append("cd")));
  upload = store_->BeginUpload(unit.id, unit.token, 3);
  ASSERT_TRUE(upload.ok() && (*upload)->Append("abc").ok());
  EXPECT_TRUE((*upload)->Sync().ok());
}

}  // namespace
}  // namespace moyo::store
