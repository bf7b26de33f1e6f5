// What the store counts for a status and for /metrics.
#include <gtest/gtest.h>

#include "tests/server/store/store_fixture.h"

namespace moyo::store {
namespace {

class StatusTest : public StoreFixture {};

TEST_F(StatusTest, OldestLeaseAgeCountsFromTheGrantNotFromARenewal) {
  AddUnits({{2}, {1}});
  EXPECT_EQ(store_->GetStatus().oldest_lease_age, absl::ZeroDuration());
  const GrantedUnit first = Lease();
  clock_.Advance(absl::Seconds(40));
  Lease();
  ASSERT_TRUE(*store_->Progress(first.unit.id, first.unit.token, 1));
  clock_.Advance(absl::Seconds(10));
  EXPECT_EQ(store_->GetStatus().oldest_lease_age, absl::Seconds(50));
  ASSERT_TRUE(UploadAndCommit(first.unit, {"a", "b"}).ok());
  EXPECT_EQ(store_->GetStatus().oldest_lease_age, absl::Seconds(10));
}

TEST_F(StatusTest, OnlyAGrantAfterAFailureIsARetry) {
  AddUnits({{1}});
  const GrantedUnit first = Lease();
  ASSERT_TRUE(store_->Release(first.unit.id, {first.unit.token, work::Leaving::kWilling, ""}).ok());
  Lease();
  EXPECT_EQ(store_->GetStatus().lease_grants, 2u);
  EXPECT_EQ(store_->GetStatus().unit_retries, 0u);
  clock_.Advance(absl::Seconds(61));
  ASSERT_EQ(*store_->Reap(), 1);
  Lease();
  EXPECT_EQ(store_->GetStatus().lease_expiries, 1u);
  EXPECT_EQ(store_->GetStatus().lease_grants, 3u);
  EXPECT_EQ(store_->GetStatus().unit_retries, 1u);
}

TEST_F(StatusTest, AnUploadWaitsUntilItsCommit) {
  AddUnits({{1}});
  const GrantedUnit granted = Lease();
  const CommitRequest commit = Accepting(granted.unit, {"a"});
  ASSERT_TRUE(Upload(granted.unit, commit.digest).ok());
  EXPECT_EQ(store_->GetStatus().waiting_uploads, 1u);
  ASSERT_TRUE(store_->Commit(commit).ok());
  EXPECT_EQ(store_->GetStatus().waiting_uploads, 0u);
}

TEST_F(StatusTest, ACommitWithAnotherDigestIsCounted) {
  AddUnits({{1}});
  const GrantedUnit granted = Lease();
  ASSERT_TRUE(UploadAndCommit(granted.unit, {"a"}).ok());
  EXPECT_EQ(store_->GetStatus().digest_conflicts, 0u);
  EXPECT_TRUE(absl::IsDataLoss(store_->Commit(Accepting(granted.unit, {"b"})).status()));
  EXPECT_EQ(store_->GetStatus().digest_conflicts, 1u);
}

}  // namespace
}  // namespace moyo::store
