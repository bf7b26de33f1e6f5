// The spool's files: which comes first, and what is not taken for a unit.
#include "worker/loop/spool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "common/base/digest.h"
#include "common/base/files.h"
#include "tests/common/shard/sample_columns.h"
#include "tests/support/disk_calls.h"
#include "tests/support/temp_folder.h"

namespace moyo::worker {
namespace {

using testing::ElementsAre;

class SpoolTest : public testing::Test {
 protected:
  static FinishedUnit Finished(const shard::Columns& columns) {
    FinishedUnit unit;
    unit.commit.set_unit_id(9);
    unit.commit.set_fencing_token(4);
    unit.commit.set_shard_digest(ToBytes(shard::DigestOf(columns)));
    unit.shard = shard::WriteNpz(columns);
    return unit;
  }

  std::unique_ptr<Spool> Open() const { return *Spool::Open(folder_.path()); }

  test::TempFolder folder_;
};

TEST_F(SpoolTest, CommitIsWrittenLast) {
  const std::unique_ptr<Spool> spool = Open();
  const FinishedUnit unit = Finished(shard::SampleColumns());
  const std::string name = Spool::NameOf(unit);
  const std::string folder = std::filesystem::path(folder_.path()).filename().string() + "/";
  test::DiskCalls calls;
  ASSERT_TRUE(spool->Put(unit).ok());
  std::vector<std::string> expected;
  for (const std::string& file : {name + ".npz", name + ".commit"}) {
    expected.insert(expected.end(), {"write " + file + ".tmp", "sync " + file + ".tmp",
                                     "rename " + file + ".tmp " + file, "sync " + folder});
  }
  EXPECT_EQ(calls.Take(), expected);
}

// A power cut between the two must not leave a commit whose shard is gone.
TEST_F(SpoolTest, CommitIsRemovedFirst) {
  const std::unique_ptr<Spool> spool = Open();
  const FinishedUnit unit = Finished(shard::SampleColumns());
  ASSERT_TRUE(spool->Put(unit).ok());
  test::DiskCalls calls;
  spool->Remove(Spool::NameOf(unit));
  const std::string name = Spool::NameOf(unit);
  EXPECT_THAT(calls.Take(), ElementsAre("unlink " + name + ".commit", "unlink " + name + ".npz"));
  EXPECT_THAT(*spool->List(), testing::IsEmpty());
}

TEST_F(SpoolTest, ShardOfAnotherUnitIsDamage) {
  const std::unique_ptr<Spool> spool = Open();
  const FinishedUnit unit = Finished(shard::SampleColumns());
  ASSERT_TRUE(spool->Put(unit).ok());
  EXPECT_EQ(spool->Get(Spool::NameOf(unit))->shard, unit.shard);
  // Whole and readable, but of other games.
  shard::Columns fewer = shard::SampleColumns();
  fewer.Truncate(2);
  const std::string path = folder_.path() + "/" + Spool::NameOf(unit) + ".npz";
  ASSERT_TRUE(WriteFileAtomically(path, shard::WriteNpz(fewer)).ok());
  const absl::Status status = spool->Get(Spool::NameOf(unit)).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(status.message(), testing::HasSubstr("another digest"));
}

TEST_F(SpoolTest, CommitWithoutItsShardIsDamage) {
  const std::unique_ptr<Spool> spool = Open();
  const FinishedUnit unit = Finished(shard::SampleColumns());
  ASSERT_TRUE(spool->Put(unit).ok());
  std::filesystem::remove(folder_.path() + "/" + Spool::NameOf(unit) + ".npz");
  EXPECT_TRUE(absl::IsDataLoss(spool->Get(Spool::NameOf(unit)).status()));
}

TEST_F(SpoolTest, PutThatFailsLeavesNothing) {
  const std::unique_ptr<Spool> spool = Open();
  const FinishedUnit unit = Finished(shard::SampleColumns());
  test::DiskCalls calls;
  calls.FailNextSync(Spool::NameOf(unit) + ".commit.tmp");
  EXPECT_TRUE(absl::IsInternal(spool->Put(unit)));
  EXPECT_THAT(*spool->List(), testing::IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/" + Spool::NameOf(unit) + ".npz"));
}

TEST_F(SpoolTest, NoMoreThanTwentyAreSetAside) {
  const std::unique_ptr<Spool> spool = Open();
  FinishedUnit unit = Finished(shard::SampleColumns());
  for (int i = 0; i < 30; ++i) {
    unit.commit.set_unit_id(100 + i);
    ASSERT_TRUE(spool->Put(unit).ok());
    spool->SetAside(unit);
  }
  EXPECT_THAT(*spool->List(), testing::IsEmpty());
  size_t aside = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    aside += entry.path().extension() == ".refused";
  }
  EXPECT_EQ(aside, 20u);  // files, two a unit
}

}  // namespace
}  // namespace moyo::worker
