// Finished shards: what the spool keeps, what is sent again, and what is dropped.
#include "worker/loop/delivery.h"

#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "common/base/digest.h"
#include "common/base/files.h"
#include "tests/common/shard/sample_columns.h"
#include "tests/support/no_free_descriptor.h"
#include "tests/support/temp_folder.h"
#include "tests/worker/loop/fake_server.h"
#include "worker/loop/coordinator_client.h"
#include "worker/loop/spool.h"
#include "worker/loop/wait_log.h"
#include "worker/loop/worker_loop.h"
#include "worker/loop/worker_metrics.h"

namespace moyo::worker {
namespace {

using grpc::StatusCode;

constexpr char kGame[] = "(;GM[1]SZ[19];B[pd];W[dp];B[pp];W[dd])";

class DeliveryTest : public ::testing::Test {
 protected:
  DeliveryTest() {
    server_.SetRunId("this run");
    options_.server = server_.address();
    options_.name = "test";
    options_.exit_when_done = true;
    options_.spool_folder = spool();
    options_.resend_interval = absl::ZeroDuration();
  }

  absl::Status RunWorker() {
    const auto endpoint = metrics::Endpoint::Open("", "test");
    return WorkerLoop(options_, **endpoint).Run();
  }

  std::string spool() const { return folder_.path() + "/spool"; }
  // Ends of the names of the files, sorted.
  std::vector<std::string> SpooledFiles() const {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(spool())) {
      if (entry.path().filename() != "lock") files.push_back(entry.path().extension().string());
    }
    std::sort(files.begin(), files.end());
    return files;
  }
  // Overwrites a byte in the middle of the spooled file with this ending.
  void Damage(const std::string& extension) const {
    for (const auto& entry : std::filesystem::directory_iterator(spool())) {
      if (entry.path().extension() != extension) continue;
      std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(entry.file_size() / 2));
      file.write("\xAA\x55\xAA\x55", 4);
    }
  }

  static FinishedUnit Finished(const std::string& run_id = "this run") {
    FinishedUnit unit;
    unit.commit.set_unit_id(9);
    unit.commit.set_fencing_token(4);
    unit.commit.set_run_id(run_id);
    unit.commit.add_rows()->set_game_id(77);
    unit.commit.set_shard_digest(ToBytes(shard::DigestOf(shard::SampleColumns())));
    unit.shard = shard::WriteNpz(shard::SampleColumns());
    return unit;
  }
  void Put(const FinishedUnit& unit) const {
    const auto opened = Spool::Open(spool());
    ASSERT_TRUE(opened.ok()) << opened.status();
    ASSERT_TRUE((*opened)->Put(unit).ok());
  }

  test::TempFolder folder_;
  WorkerOptions options_;
  FakeServer server_;
};

TEST_F(DeliveryTest, SpooledUnitIsSentAtTheNextStart) {
  Put(Finished());
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_EQ(server_.Shards().at(9), Finished().shard);
  EXPECT_EQ(server_.Commits().at(9).rows(0).game_id(), 77u);
  EXPECT_EQ(server_.Commits().at(9).fencing_token(), 4u);
  EXPECT_TRUE(SpooledFiles().empty());
}

TEST_F(DeliveryTest, SpooledUnitWithAStaleTokenIsDropped) {
  Put(Finished());
  server_.FailNext("UploadShard", StatusCode::FAILED_PRECONDITION);
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_TRUE(server_.Commits().empty());
  EXPECT_TRUE(SpooledFiles().empty());
}

TEST_F(DeliveryTest, LargeUploadThatBreaksGoesOnWhereItWas) {
  FinishedUnit unit = Finished();
  std::mt19937 random(1);
  unit.shard.clear();
  while (unit.shard.size() < 3'000'000) unit.shard += static_cast<char>(random());
  CoordinatorClient client{rpc::ServerAccess(server_.address())};
  ASSERT_TRUE(client.Connect().ok());
  v1::UploadShardHeader header;
  header.set_unit_id(9);
  header.set_length_bytes(unit.shard.size());
  server_.BreakNextUploadAfter(1'500'000);
  EXPECT_TRUE(absl::IsUnavailable(client.Upload(header, unit.shard)));
  server_.BreakNextUploadAfter(1'000'000);  // of what is left
  EXPECT_TRUE(absl::IsUnavailable(client.Upload(header, unit.shard)));
  ASSERT_TRUE(client.Upload(header, unit.shard).ok());
  EXPECT_EQ(server_.Shards().at(9), unit.shard);
  EXPECT_EQ(server_.Calls("UploadShard"), 3);
}

TEST_F(DeliveryTest, UnitOfAnotherRunIsNotSentAndStays) {
  Put(Finished("an earlier run"));
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_EQ(server_.Calls("UploadShard"), 0);
  EXPECT_EQ(server_.Calls("CommitUnit"), 0);
  EXPECT_EQ(SpooledFiles(), (std::vector<std::string>{".commit", ".npz"}));
}

TEST_F(DeliveryTest, DamagedSpooledShardIsRemovedUnsent) {
  Put(Finished());
  Damage(".npz");
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_EQ(server_.Calls("UploadShard"), 0);
  EXPECT_TRUE(SpooledFiles().empty());
}

TEST_F(DeliveryTest, DamagedSpooledCommitIsRemovedUnsent) {
  // One bit of a row, which reads as another number of moves.
  FinishedUnit unit = Finished();
  unit.commit.mutable_rows(0)->set_moves(134);
  Put(unit);
  for (const auto& entry : std::filesystem::directory_iterator(spool())) {
    if (entry.path().extension() != ".commit") continue;
    std::string bytes = *ReadFile(entry.path().string());
    const size_t moves = bytes.find("\x30\x86\x01");
    ASSERT_NE(moves, std::string::npos);
    bytes[moves + 1] ^= 0x20;
    ASSERT_TRUE(WriteFileAtomically(entry.path().string(), bytes).ok());
  }
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_EQ(server_.Calls("CommitUnit"), 0);
  EXPECT_TRUE(SpooledFiles().empty());
}

TEST_F(DeliveryTest, ShardWithoutItsCommitIsSweptAtTheStart) {
  Put(Finished());
  for (const auto& entry : std::filesystem::directory_iterator(spool())) {
    if (entry.path().extension() == ".commit") std::filesystem::remove(entry.path());
  }
  ASSERT_TRUE(WriteFileAtomically(spool() + "/unit-00000001-t1.npz.tmp.12", "half").ok());
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_TRUE(SpooledFiles().empty());
}

// A delivery alone, of a spool that holds a finished unit.
class SpooledDeliveryTest : public DeliveryTest {
 protected:
  SpooledDeliveryTest() { EXPECT_TRUE(spool_->Put(Finished()).ok()); }

  std::unique_ptr<Spool> spool_ = *Spool::Open(spool());
  CoordinatorClient client_{rpc::ServerAccess(server_.address())};
  prometheus::Registry registry_;
  WorkerMetrics metrics_{registry_};
  WaitLog wait_log_{server_.address()};
  Delivery delivery_{client_, *spool_, metrics_, wait_log_, absl::ZeroDuration()};
};

TEST_F(SpooledDeliveryTest, UnitThatCannotBeReadJustNowIsSentLater) {
  ASSERT_TRUE(client_.Connect().ok());
  const std::string commit = spool() + "/" + Spool::NameOf(Finished()) + ".commit";
  std::filesystem::rename(commit, folder_.path() + "/commit");
  std::filesystem::create_symlink(commit, commit);  // opening it fails, whatever the file is
  delivery_.SendSpooled("this run");
  EXPECT_EQ(metrics_.spooled.Value(), 1);
  EXPECT_TRUE(server_.Commits().empty());
  std::filesystem::remove(commit);
  std::filesystem::rename(folder_.path() + "/commit", commit);
  delivery_.SendKept("this run");
  EXPECT_EQ(server_.Commits().count(9), 1u);
  EXPECT_EQ(metrics_.spooled.Value(), 0);
  EXPECT_TRUE(SpooledFiles().empty());
}

TEST_F(SpooledDeliveryTest, FolderThatCannotBeReadJustNowIsReadLater) {
  {
    const test::NoFreeDescriptor none;
    delivery_.SendSpooled("this run");
  }
  ASSERT_TRUE(client_.Connect().ok());
  delivery_.SendKept("this run");
  EXPECT_EQ(server_.Commits().count(9), 1u);
  EXPECT_TRUE(SpooledFiles().empty());
}

TEST_F(DeliveryTest, SpoolOfAnotherWorkerIsRefused) {
  const auto other = Spool::Open(spool());
  ASSERT_TRUE(other.ok());
  const absl::Status status = RunWorker();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
}

TEST_F(DeliveryTest, ServerThatFailsToCommitGetsTheShardLater) {
  server_.AddUnit({kGame});
  for (int i = 0; i < 4; ++i) server_.FailNext("CommitUnit", StatusCode::INTERNAL);
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_EQ(server_.Calls("CommitUnit"), 5);
  EXPECT_EQ(server_.Calls("UploadShard"), 2);
  EXPECT_EQ(server_.Commits().size(), 1u);
  EXPECT_TRUE(server_.Releases().empty());
  EXPECT_TRUE(SpooledFiles().empty());
}

TEST_F(DeliveryTest, WithoutASpoolAUnitThatCannotBeCommittedIsGivenBack) {
  options_.spool_folder = "";
  server_.AddUnit({kGame});
  for (int i = 0; i < 4; ++i) server_.FailNext("CommitUnit", StatusCode::INTERNAL);
  ASSERT_TRUE(RunWorker().ok());
  ASSERT_EQ(server_.Releases().size(), 1u);
  EXPECT_TRUE(server_.Releases()[0].failed());
}

TEST_F(DeliveryTest, ShardThatIsTooLargeIsGivenBackAsFailed) {
  server_.AddUnit({kGame});
  server_.FailNext("UploadShard", StatusCode::INVALID_ARGUMENT);
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_EQ(server_.Calls("UploadShard"), 1);
  ASSERT_EQ(server_.Releases().size(), 1u);
  EXPECT_TRUE(server_.Releases()[0].failed());
  EXPECT_EQ(server_.Releases()[0].run_id(), "this run");
}

TEST_F(DeliveryTest, ShardWhoseOtherDigestStandsIsSetAside) {
  server_.AddUnit({kGame});
  server_.FailNext("CommitUnit", StatusCode::DATA_LOSS);
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_EQ(server_.Calls("CommitUnit"), 1);
  EXPECT_TRUE(server_.Releases().empty());
  EXPECT_EQ(SpooledFiles(), (std::vector<std::string>{".refused", ".refused"}));
}

}  // namespace
}  // namespace moyo::worker
