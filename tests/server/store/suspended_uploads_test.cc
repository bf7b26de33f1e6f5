#include "server/store/suspended_uploads.h"

#include <filesystem>

#include "common/base/files.h"
#include "tests/server/store/store_fixture.h"
#include "tests/support/disk_calls.h"

namespace moyo::store {
namespace {

constexpr uint64_t kMiB = 1u << 20;

class SuspendedUploadsTest : public StoreFixture {
 protected:
  static UploadKey KeyOf(const work::Unit& unit) {
    return {unit.id, unit.token, DigestOfText("d"), 4 * kMiB};
  }

  std::unique_ptr<ShardUpload> Begun(const work::Unit& unit, size_t bytes) {
    auto upload = store_->BeginUpload(unit.id, unit.token, 4 * kMiB);
    EXPECT_TRUE(upload.ok() && (*upload)->Append(std::string(bytes, 'a')).ok());
    return *std::move(upload);
  }

  size_t FilesThere() const {
    const std::filesystem::directory_iterator files(path_ + "/shards"), end;
    return static_cast<size_t>(std::distance(files, end));
  }
};

TEST_F(SuspendedUploadsTest, UploadThatBrokeOffGoesOnFromAnyOffsetThatIsHere) {
  AddUnits({{1}});
  const work::Unit unit = Lease().unit;
  const UploadKey key = KeyOf(unit);
  store_->SuspendUpload(key, Begun(unit, 3 * kMiB));
  EXPECT_EQ(store_->SuspendedBytes(key), 3 * kMiB);
  auto upload = store_->ResumeUpload(key, 2 * kMiB);
  ASSERT_TRUE(upload.ok()) << upload.status();
  EXPECT_EQ(store_->SuspendedBytes(key), 0u);  // one at a time
  ASSERT_TRUE((*upload)->Append(std::string(2 * kMiB, 'b')).ok());
  ASSERT_TRUE(
      store_->FinishUpload(unit.id, unit.token, key.digest, key.length_bytes, *std::move(upload))
          .ok());
  CommitRequest commit = Accepting(unit, {"a"});
  commit.digest = key.digest;
  ASSERT_TRUE(store_->Commit(commit).ok());
  const std::string expected = std::string(2 * kMiB, 'a') + std::string(2 * kMiB, 'b');
  EXPECT_EQ(*ReadFile(store_->FindShard(unit.id)->first), expected);
  EXPECT_EQ(FilesThere(), 1u);
}

TEST_F(SuspendedUploadsTest, WhatIsNotHereIsAborted) {
  AddUnits({{1}, {1}});
  const work::Unit unit = Lease().unit;
  const UploadKey key = KeyOf(unit);
  EXPECT_TRUE(absl::IsAborted(store_->ResumeUpload(key, kMiB).status()));
  store_->SuspendUpload(key, Begun(unit, kMiB));
  EXPECT_TRUE(absl::IsAborted(store_->ResumeUpload(key, kMiB + 1).status()));
  store_->SuspendUpload(key, Begun(unit, kMiB));
  UploadKey other = key;
  other.digest = DigestOfText("another");
  EXPECT_TRUE(absl::IsAborted(store_->ResumeUpload(other, kMiB).status()));
  other = key;
  other.token.value += 1;
  EXPECT_TRUE(absl::IsFailedPrecondition(store_->ResumeUpload(other, kMiB).status()));
  store_->SuspendUpload(other, Begun(unit, kMiB));
  EXPECT_EQ(store_->SuspendedBytes(other), 0u);
}

TEST_F(SuspendedUploadsTest, SmallOnesAreNotKept) {
  AddUnits({{1}});
  const work::Unit unit = Lease().unit;
  store_->SuspendUpload(KeyOf(unit), Begun(unit, kMiB - 1));
  EXPECT_EQ(store_->SuspendedBytes(KeyOf(unit)), 0u);
  EXPECT_EQ(FilesThere(), 0u);
}

TEST_F(SuspendedUploadsTest, OnlyTheLatestAreKept) {
  AddUnits(std::vector<std::vector<uint32_t>>(SuspendedUploads::kMost + 2, {1}));
  std::vector<UploadKey> keys;
  for (size_t i = 0; i < SuspendedUploads::kMost + 2; ++i) {
    const work::Unit unit = Lease().unit;
    keys.push_back(KeyOf(unit));
    store_->SuspendUpload(keys.back(), Begun(unit, kMiB));
  }
  EXPECT_EQ(store_->SuspendedBytes(keys[1]), 0u);
  EXPECT_EQ(store_->SuspendedBytes(keys[2]), kMiB);
  EXPECT_EQ(FilesThere(), SuspendedUploads::kMost);
}

TEST_F(SuspendedUploadsTest, OldOnesAndThoseOfLostLeasesAreRemoved) {
  AddUnits({{1}, {1}});
  const work::Unit lost = Lease().unit, kept = Lease().unit;
  store_->SuspendUpload(KeyOf(lost), Begun(lost, kMiB));
  store_->SuspendUpload(KeyOf(kept), Begun(kept, kMiB));
  ASSERT_TRUE(store_->Release(lost.id, {lost.token, work::Leaving::kWilling, ""}).ok());
  EXPECT_EQ(*store_->Reap(), 0);
  EXPECT_EQ(store_->SuspendedBytes(KeyOf(lost)), 0u);
  EXPECT_EQ(store_->SuspendedBytes(KeyOf(kept)), kMiB);
  for (int i = 0; i < 6; ++i) {
    clock_.Advance(absl::Seconds(59));
    ASSERT_TRUE(*store_->Progress(kept.id, kept.token, i + 1));
    EXPECT_EQ(*store_->Reap(), 0);
  }
  EXPECT_EQ(store_->SuspendedBytes(KeyOf(kept)), 0u);
  EXPECT_EQ(FilesThere(), 0u);
}

// They are what can be freed.
TEST_F(SuspendedUploadsTest, FullDiskThatKeepsALeaseFromEndingStillLosesThem) {
  AddUnits({{1}});
  const work::Unit unit = Lease().unit;
  store_->SuspendUpload(KeyOf(unit), Begun(unit, kMiB));
  clock_.Advance(absl::Minutes(6));
  test::DiskCalls calls;
  calls.FailWrites("moyo.db-wal");
  EXPECT_TRUE(absl::IsResourceExhausted(store_->Reap().status()));
  EXPECT_EQ(FilesThere(), 0u);
  calls.FailWrites("", 0);
  EXPECT_EQ(*store_->Reap(), 1);
}

TEST_F(SuspendedUploadsTest, UploadRenewsItsLeaseAsItBeginsComesOnAndGoesOn) {
  AddUnits({{1}});
  const work::Unit unit = Lease().unit;
  const auto reaped_later = [&] {
    clock_.Advance(absl::Seconds(40));
    return *store_->Reap();
  };
  EXPECT_EQ(reaped_later(), 0);
  auto upload = Begun(unit, kMiB);
  EXPECT_EQ(reaped_later(), 0);
  EXPECT_TRUE(store_->RenewUpload(unit.id, unit.token).ok());
  EXPECT_EQ(reaped_later(), 0);
  store_->SuspendUpload(KeyOf(unit), std::move(upload));
  ASSERT_TRUE(store_->ResumeUpload(KeyOf(unit), kMiB).ok());
  EXPECT_EQ(reaped_later(), 0);
  EXPECT_EQ(reaped_later(), 1);
  EXPECT_TRUE(store_->RenewUpload(unit.id, unit.token).ok());  // late, but nobody else has it
  Lease("other");
  EXPECT_TRUE(absl::IsFailedPrecondition(store_->RenewUpload(unit.id, unit.token)));
}

TEST_F(SuspendedUploadsTest, RestartForgetsThem) {
  AddUnits({{1}});
  const work::Unit unit = Lease().unit;
  store_->SuspendUpload(KeyOf(unit), Begun(unit, kMiB));
  Reopen();
  EXPECT_EQ(store_->SuspendedBytes(KeyOf(unit)), 0u);
  EXPECT_EQ(FilesThere(), 0u);
}

}  // namespace
}  // namespace moyo::store
