// Two workers on one unit: backups of slow ones, checks of finished ones.
#include <filesystem>

#include "tests/server/store/store_fixture.h"

namespace moyo::store {
namespace {

class SecondLeaseTest : public StoreFixture {
 protected:
  // Three units that took a second each, and one that "slow" has had for `age`.
  work::Unit LeaveAStraggler(absl::Duration age) {
    AddUnits({{1}, {1}, {1}, {1}});
    for (int i = 0; i < 3; ++i) {
      const work::Unit unit = Lease("quick").unit;
      clock_.Advance(absl::Seconds(1));
      EXPECT_TRUE(UploadAndCommit(unit, {"game " + std::to_string(i)}).ok());
    }
    const work::Unit slow = Lease("slow").unit;
    clock_.Advance(age);
    return slow;
  }

  bool GetsNothing(const std::string& worker) {
    const auto granted = store_->LeaseNext(worker);
    return granted.ok() && !*granted;
  }

  size_t ShardFilesThere() const {
    const std::filesystem::directory_iterator files(path_ + "/shards"), end;
    return static_cast<size_t>(std::distance(files, end));
  }

  void CheckAllUnits() {
    options_.policy.recheck_percent = 100;
    Reopen();
  }
};

TEST_F(SecondLeaseTest, IdleWorkerBacksUpAStragglerAndTheFirstCommitWins) {
  const work::Unit slow = LeaveAStraggler(absl::Seconds(4));
  EXPECT_TRUE(GetsNothing("slow"));
  const GrantedUnit backup = Lease("quick");
  EXPECT_EQ(backup.unit.id, slow.id);
  EXPECT_GT(backup.unit.token, slow.token);
  EXPECT_EQ(backup.sources.size(), 1u);
  EXPECT_TRUE(GetsNothing("third"));
  EXPECT_EQ(store_->LeasesByWorker(), (std::map<std::string, uint32_t>{{"quick", 1}, {"slow", 1}}));
  EXPECT_TRUE(store_->SourcesOfLease(slow.id, slow.token).ok());
  EXPECT_TRUE(store_->SourcesOfLease(slow.id, backup.unit.token).ok());
  ASSERT_TRUE(UploadAndCommit(backup.unit, {"late"}).ok());
  EXPECT_FALSE(*store_->Progress(slow.id, slow.token, 9));
  EXPECT_TRUE(absl::IsFailedPrecondition(store_->SourcesOfLease(slow.id, slow.token).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(UploadAndCommit(slow, {"late"})));
  EXPECT_TRUE(absl::IsFailedPrecondition(store_->Commit(Accepting(slow, {"late"})).status()));
  EXPECT_EQ(Counts().accepted, 4u);
  EXPECT_EQ(ShardFilesThere(), 4u);
  EXPECT_EQ(store_->GetStatus().backup_commits, 1u);
  EXPECT_TRUE(store_->GetStatus().alarms.empty());
}

TEST_F(SecondLeaseTest, SlowWorkerMayStillComeFirst) {
  const work::Unit slow = LeaveAStraggler(absl::Seconds(4));
  const work::Unit backup = Lease("quick").unit;
  // Both shards are here, neither is committed.
  const CommitRequest commit = Accepting(slow, {"late"});
  ASSERT_TRUE(Upload(backup, commit.digest).ok());
  ASSERT_TRUE(Upload(slow, commit.digest).ok());
  EXPECT_EQ(store_->GetStatus().waiting_uploads, 2u);
  EXPECT_FALSE(*store_->Commit(commit));
  EXPECT_TRUE(*store_->Commit(commit));
  EXPECT_TRUE(absl::IsFailedPrecondition(store_->Commit(Accepting(backup, {"late"})).status()));
  EXPECT_EQ(ShardFilesThere(), 4u);
  EXPECT_EQ(store_->GetStatus().waiting_uploads, 0u);
  EXPECT_EQ(store_->GetStatus().backup_commits, 0u);
  Reopen();
  EXPECT_EQ(Counts().accepted, 4u);
}

TEST_F(SecondLeaseTest, UnitThatIsNotSlowGetsNoBackup) {
  LeaveAStraggler(absl::Milliseconds(2900));
  EXPECT_TRUE(GetsNothing("quick"));
  clock_.Advance(absl::Milliseconds(100));
  EXPECT_FALSE(GetsNothing("quick"));
}

TEST_F(SecondLeaseTest, PendingUnitsComeBeforeBackups) {
  const work::Unit slow = LeaveAStraggler(absl::Seconds(4));
  AddUnits({{1}});
  EXPECT_NE(Lease("quick").unit.id, slow.id);
  EXPECT_EQ(Lease("quick").unit.id, slow.id);
}

TEST_F(SecondLeaseTest, BackupTakesThePlaceOfAWorkerThatDies) {
  const work::Unit slow = LeaveAStraggler(absl::Seconds(4));
  const work::Unit backup = Lease("quick").unit;
  clock_.Advance(absl::Seconds(50));
  EXPECT_TRUE(*store_->Progress(backup.id, backup.token, 1));
  clock_.Advance(absl::Seconds(10));
  EXPECT_EQ(*store_->Reap(), 1);
  EXPECT_EQ(store_->GetStatus().units.leased, 1u);
  EXPECT_TRUE(absl::IsFailedPrecondition(UploadAndCommit(slow, {"late"})));
  // What took the place is in the database.
  Reopen();
  ASSERT_TRUE(UploadAndCommit(backup, {"late"}).ok());
  EXPECT_EQ(Counts().accepted, 4u);
}

TEST_F(SecondLeaseTest, RestartForgetsABackupAndKeepsTheLease) {
  const work::Unit slow = LeaveAStraggler(absl::Seconds(4));
  const work::Unit backup = Lease("quick").unit;
  Reopen();
  EXPECT_FALSE(*store_->Progress(backup.id, backup.token, 1));
  EXPECT_TRUE(absl::IsFailedPrecondition(UploadAndCommit(backup, {"late"})));
  ASSERT_TRUE(UploadAndCommit(slow, {"late"}).ok());
  AddUnits({{1}});
  EXPECT_GT(Lease().unit.token, backup.token);
}

TEST_F(SecondLeaseTest, OtherDigestOfTheLateOneIsAnAlarmThatNamesBoth) {
  const work::Unit slow = LeaveAStraggler(absl::Seconds(4));
  ASSERT_TRUE(UploadAndCommit(Lease("quick").unit, {"late"}).ok());
  CommitRequest other = Accepting(slow, {"another"});
  other.worker = "slow";
  EXPECT_TRUE(absl::IsDataLoss(store_->Commit(other).status()));
  const std::vector<std::string> alarms = store_->GetStatus().alarms;
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_NE(alarms[0].find("'slow'"), std::string::npos);
  EXPECT_NE(alarms[0].find("'quick'"), std::string::npos);
}

TEST_F(SecondLeaseTest, FinishedUnitIsCheckedByAnotherWorker) {
  CheckAllUnits();
  AddUnits({{1}, {1}});
  ASSERT_TRUE(UploadAndCommit(Lease("anna").unit, {"a"}).ok());
  EXPECT_EQ(store_->GetStatus().unchecked_units, 1u);
  EXPECT_EQ(Lease("anna").unit.id.value, 2u);  // not her own
  const GrantedUnit check = Lease("bert");     // before what is pending
  EXPECT_EQ(check.unit.id.value, 1u);
  EXPECT_EQ(check.sources.size(), 1u);
  EXPECT_TRUE(GetsNothing("carl"));
  const CommitRequest commit = Accepting(check.unit, {"a"});
  EXPECT_EQ(*store_->BeginUpload(check.unit.id, check.unit.token, 9), nullptr);
  EXPECT_TRUE(*store_->Commit(commit));
  EXPECT_EQ(store_->GetStatus().unit_checks, 1u);
  EXPECT_EQ(store_->GetStatus().unchecked_units, 0u);
  EXPECT_EQ(Counts().accepted, 1u);
  Reopen();
  EXPECT_TRUE(GetsNothing("bert"));
}

TEST_F(SecondLeaseTest, CheckWithAnotherDigestIsAnAlarmThatNamesBoth) {
  CheckAllUnits();
  AddUnits({{1}});
  ASSERT_TRUE(UploadAndCommit(Lease("anna").unit, {"a"}).ok());
  CommitRequest commit = Accepting(Lease("bert").unit, {"b"});
  commit.worker = "bert";
  const std::string digest = store_->GetManifest()->digest;
  EXPECT_TRUE(absl::IsDataLoss(store_->Commit(commit).status()));
  Reopen();
  EXPECT_EQ(store_->GetManifest()->digest, digest);
  const std::vector<std::string> alarms = store_->GetStatus().alarms;
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_NE(alarms[0].find("'anna'"), std::string::npos);
  EXPECT_NE(alarms[0].find("'bert'"), std::string::npos);
  EXPECT_TRUE(GetsNothing("carl"));  // it was checked
}

TEST_F(SecondLeaseTest, CheckThatIsLostIsGivenToTheNext) {
  CheckAllUnits();
  AddUnits({{1}});
  ASSERT_TRUE(UploadAndCommit(Lease("anna").unit, {"a"}).ok());
  const work::Unit first = Lease("bert").unit;
  clock_.Advance(absl::Seconds(61));
  EXPECT_EQ(*store_->Reap(), 1);
  EXPECT_EQ(store_->GetStatus().units.done, 1u);
  EXPECT_TRUE(*store_->Commit(Accepting(Lease("carl").unit, {"a"})));
  EXPECT_TRUE(absl::IsFailedPrecondition(store_->Commit(Accepting(first, {"a"})).status()));
}

TEST_F(SecondLeaseTest, CheckThatKeepsFailingIsGivenUp) {
  CheckAllUnits();
  AddUnits({{1}});
  ASSERT_TRUE(UploadAndCommit(Lease("anna").unit, {"a"}).ok());
  for (int i = 0; i < 3; ++i) {
    const work::Unit check = Lease("bert").unit;
    ASSERT_TRUE(store_->Release(check.id, {check.token, work::Leaving::kFailed, "e"}).ok());
  }
  EXPECT_TRUE(GetsNothing("bert"));
  Reopen();
  EXPECT_TRUE(GetsNothing("bert"));
  EXPECT_EQ(Counts().accepted, 1u);
}

}  // namespace
}  // namespace moyo::store
