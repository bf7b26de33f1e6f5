#include "server/store/backup.h"

#include <filesystem>

#include "tests/server/store/store_fixture.h"

namespace moyo::store {
namespace {

class BackupTest : public StoreFixture {
 protected:
  std::unique_ptr<Store> OpenCopy() {
    auto opened = Store::Open(copy(), options_, clock_);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? *std::move(opened) : nullptr;
  }
  std::string copy() const { return folder_.path() + "/a copy's folder"; }
};

TEST_F(BackupTest, CopyOfAStoreInUseGoesOnFromThatMoment) {
  AddUnits({{1, 1}, {1}, {1}});
  ASSERT_TRUE(UploadAndCommit(Lease().unit, {"a", "b"}).ok());
  const work::Unit leased = Lease().unit;
  const std::string digest = store_->GetManifest()->digest;
  const auto result = BackUp(path_, copy());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->shards, 1u);
  ASSERT_TRUE(UploadAndCommit(leased, {"c"}).ok());  // the first one goes on
  const std::unique_ptr<Store> opened = OpenCopy();
  ASSERT_NE(opened, nullptr);
  EXPECT_EQ(opened->GetManifest()->digest, digest);
  EXPECT_EQ(opened->GetStatus().units.done, 1u);
  EXPECT_EQ(opened->GetStatus().units.leased, 1u);
  EXPECT_EQ(opened->GetStatus().ledger.pending, 2u);
  EXPECT_TRUE(std::filesystem::exists(opened->FindShard({1})->first));
  EXPECT_NE(opened->run_id(), store_->run_id());
}

TEST_F(BackupTest, ShardThatIsMissingIsSaid) {
  AddUnits({{1}});
  ASSERT_TRUE(UploadAndCommit(Lease().unit, {"a"}).ok());
  std::filesystem::remove(store_->FindShard({1})->first);
  EXPECT_TRUE(absl::IsDataLoss(BackUp(path_, copy()).status()));
}

TEST_F(BackupTest, FolderWithoutAStoreIsRefused) {
  EXPECT_TRUE(absl::IsNotFound(BackUp(folder_.path() + "/nothing", copy()).status()));
}

}  // namespace
}  // namespace moyo::store
