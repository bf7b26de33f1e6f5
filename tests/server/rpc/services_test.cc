// The whole server in this process, over a real connection.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "common/base/digest.h"
#include "common/rpc/channel.h"
#include "common/rpc/protocol.h"
#include "moyo/v1/admin.grpc.pb.h"
#include "moyo/v1/shard.grpc.pb.h"
#include "moyo/v1/training.grpc.pb.h"
#include "moyo/v1/work.grpc.pb.h"
#include "server/coordinator.h"
#include "server/rpc/listener.h"
#include "server/store/database.h"
#include "tests/support/disk_calls.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace moyo::server {
namespace {

const std::string kGame = "(;GM[1]SZ[19];B[pd];W[dp])\n";

class ServicesTest : public testing::Test {
 protected:
  ServicesTest() {
    games_.Write("a.sgf", kGame);
    games_.Write("b.sgf", kGame + kGame);
    store_ = *store::Store::Open(state_.path(), {}, clock_);
    coordinator_ = std::make_unique<Coordinator>(*store_, CoordinatorOptions{}, clock_);
    listener_ = *Listener::Open("127.0.0.1:0", *coordinator_);
    const auto channel = rpc::MakeChannel(listener_->address());
    work_ = v1::WorkService::NewStub(channel);
    shards_ = v1::ShardService::NewStub(channel);
    training_ = v1::TrainingService::NewStub(channel);
    admin_ = v1::AdminService::NewStub(channel);
  }
  ~ServicesTest() override { listener_->Stop(absl::ZeroDuration()); }

  void CatalogueGames() {
    absl::Notification done;
    coordinator_->StartCatalogue({games_.path()}, 0, [&](const absl::Status& status) {
      EXPECT_TRUE(status.ok()) << status;
      done.Notify();
    });
    done.WaitForNotification();
  }

  template <typename Stub, typename Request, typename Response>
  grpc::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    Stub* stub, const Request& request, Response& response) {
    grpc::ClientContext context;
    rpc::SetDeadline(context, absl::Seconds(20));
    return (stub->*method)(&context, request, &response);
  }

  std::string Register() {
    v1::RegisterWorkerRequest request;
    request.set_name("test worker");
    request.set_protocol_version(rpc::kProtocolVersion);
    request.set_parser_version(1);
    v1::RegisterWorkerResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(work_->RegisterWorker(&context, request, &response).ok());
    return response.worker_id();
  }

  v1::LeaseUnitResponse Lease(const std::string& worker) {
    v1::LeaseUnitRequest request;
    request.set_worker_id(worker);
    v1::LeaseUnitResponse response;
    grpc::ClientContext context;
    const grpc::Status status = work_->LeaseUnit(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  grpc::Status Upload(const v1::Lease& lease, const std::string& digest, const std::string& bytes) {
    grpc::ClientContext context;
    v1::UploadShardResponse response;
    const auto writer = shards_->UploadShard(&context, &response);
    v1::UploadShardRequest message;
    message.mutable_header()->set_unit_id(lease.unit_id());
    message.mutable_header()->set_fencing_token(lease.fencing_token());
    message.mutable_header()->set_shard_digest(digest);
    message.mutable_header()->set_length_bytes(bytes.size());
    writer->Write(message);
    message.Clear();
    message.set_data(bytes);
    writer->Write(message);
    writer->WritesDone();
    return writer->Finish();
  }

  v1::GetStatusResponse Status() {
    v1::GetStatusResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(admin_->GetStatus(&context, {}, &response).ok());
    return response;
  }

  test::TempFolder games_;
  test::TempFolder state_;
  test::FakeClock clock_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Coordinator> coordinator_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<v1::WorkService::Stub> work_;
  std::unique_ptr<v1::ShardService::Stub> shards_;
  std::unique_ptr<v1::TrainingService::Stub> training_;
  std::unique_ptr<v1::AdminService::Stub> admin_;
};

v1::CommitUnitRequest CommitOf(const v1::Lease& lease, const std::string& digest) {
  v1::CommitUnitRequest commit;
  commit.set_unit_id(lease.unit_id());
  commit.set_fencing_token(lease.fencing_token());
  commit.set_shard_digest(digest);
  for (int i = 0; i < 3; ++i) {
    v1::LedgerRow& row = *commit.add_rows();
    row.set_game_id(1 + i);
    row.set_state(v1::GAME_STATE_ACCEPTED);
    row.set_moves(2);
    row.set_shard_row(i);
    row.set_game_hash(ToBytes(Hash128Of(i == 2 ? "other" : "same")));
  }
  return commit;
}

TEST_F(ServicesTest, UnitGoesTheWholeWay) {
  CatalogueGames();
  const std::string worker = Register();
  const v1::Lease lease = Lease(worker).lease();
  ASSERT_EQ(lease.sources_size(), 2);
  EXPECT_EQ(lease.attempt(), 1u);
  EXPECT_EQ(lease.sources(1).games(), 2u);

  v1::FetchSourcesRequest fetch;
  fetch.set_unit_id(lease.unit_id());
  fetch.set_fencing_token(lease.fencing_token());
  grpc::ClientContext fetch_context;
  const auto reader = work_->FetchSources(&fetch_context, fetch);
  std::vector<std::string> bytes(3);
  for (v1::FetchSourcesResponse part; reader->Read(&part);) bytes[part.source_id()] += part.data();
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(ToBytes(Hash128Of(bytes[2])), lease.sources(1).content_hash());

  const std::string digest = ToBytes(Sha256Of("shard")), shard(300'000, 'x');
  EXPECT_FALSE(Upload(lease, digest, shard).ok());  // a message over 256 KiB
  ASSERT_TRUE(Upload(lease, digest, shard.substr(0, 1000)).ok());
  v1::CommitUnitResponse committed;
  EXPECT_TRUE(
      Call(&v1::WorkService::Stub::CommitUnit, work_.get(), CommitOf(lease, digest), committed)
          .ok());
  EXPECT_FALSE(committed.repeated());
  EXPECT_TRUE(
      Call(&v1::WorkService::Stub::CommitUnit, work_.get(), CommitOf(lease, digest), committed)
          .ok());
  EXPECT_TRUE(committed.repeated());
  EXPECT_TRUE(Lease(worker).all_done());

  v1::GetManifestResponse manifest;
  ASSERT_TRUE(
      Call(&v1::ShardService::Stub::GetManifest, shards_.get(), v1::GetManifestRequest(), manifest)
          .ok());
  EXPECT_TRUE(manifest.complete());
  ASSERT_EQ(manifest.shards_size(), 1);
  ASSERT_EQ(manifest.shards(0).left_out_rows_size(), 1);
  EXPECT_EQ(manifest.shards(0).left_out_rows(0), 1u);

  v1::DownloadShardRequest download;
  download.set_unit_id(lease.unit_id());
  download.set_offset(990);
  grpc::ClientContext download_context;
  const auto stream = shards_->DownloadShard(&download_context, download);
  std::string tail;
  for (v1::DownloadShardResponse part; stream->Read(&part);) tail += part.data();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(tail, std::string(10, 'x'));

  const v1::GetStatusResponse status = Status();
  EXPECT_EQ(status.ledger().accepted(), 2u);
  EXPECT_EQ(status.ledger().duplicate(), 1u);
  EXPECT_EQ(status.dataset_digest(), manifest.dataset_digest());
  ASSERT_EQ(status.workers_size(), 1);
  EXPECT_EQ(status.workers(0).name(), "test worker");
}

// It would end the worker, which has to wait for the disk.
TEST_F(ServicesTest, FilesDeniedToTheServerAreNotTheCallersRole) {
  CatalogueGames();
  const v1::Lease lease = Lease(Register()).lease();
  const std::string digest = ToBytes(Sha256Of("shard"));
  test::DiskCalls calls;
  calls.FailNextSync("unit-00000001-t1.npz.tmp", EROFS);
  EXPECT_EQ(Upload(lease, digest, "shard").error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  ASSERT_TRUE(Upload(lease, digest, "shard").ok());
  calls.FailNextSync("moyo.db-wal", EROFS);
  v1::CommitUnitResponse committed;
  EXPECT_EQ(
      Call(&v1::WorkService::Stub::CommitUnit, work_.get(), CommitOf(lease, digest), committed)
          .error_code(),
      grpc::StatusCode::INTERNAL);
}

TEST_F(ServicesTest, HungWorkerLosesItsLeaseAndItsToken) {
  CatalogueGames();
  const std::string worker = Register();
  const v1::Lease lease = Lease(worker).lease();
  clock_.Advance(absl::Seconds(61));
  coordinator_->Tick();
  v1::HeartbeatRequest beat;
  beat.set_worker_id(Register());
  v1::LeaseProgress& progress = *beat.add_leases();
  progress.set_lease_id(lease.lease_id());
  progress.set_unit_id(lease.unit_id());
  progress.set_fencing_token(lease.fencing_token());
  progress.set_games_parsed(3);
  v1::HeartbeatResponse answer;
  ASSERT_TRUE(Call(&v1::WorkService::Stub::Heartbeat, work_.get(), beat, answer).ok());
  ASSERT_EQ(answer.lost_lease_ids_size(), 1);
  EXPECT_EQ(answer.lost_lease_ids(0), lease.lease_id());
  Lease(Register());
  EXPECT_EQ(Upload(lease, ToBytes(Sha256Of("s")), "x").error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(ServicesTest, BytesReadWithinALongSourceRenewTheLease) {
  CatalogueGames();
  const std::string worker = Register();
  const v1::Lease lease = Lease(worker).lease();
  v1::HeartbeatRequest beat;
  beat.set_worker_id(worker);
  v1::LeaseProgress& progress = *beat.add_leases();
  progress.set_unit_id(lease.unit_id());
  progress.set_fencing_token(lease.fencing_token());
  v1::HeartbeatResponse answer;
  for (int i = 1; i <= 3; ++i) {
    clock_.Advance(absl::Seconds(40));
    progress.set_bytes_read(i);
    ASSERT_TRUE(Call(&v1::WorkService::Stub::Heartbeat, work_.get(), beat, answer).ok());
    coordinator_->Tick();
  }
  EXPECT_EQ(Status().units().leased(), 1u);
  clock_.Advance(absl::Seconds(61));
  coordinator_->Tick();
  EXPECT_EQ(Status().units().pending(), 1u);
}

TEST_F(ServicesTest, WhatIsOfAnotherRunIsRefused) {
  CatalogueGames();
  const v1::Lease lease = Lease(Register()).lease();
  v1::CommitUnitRequest commit = CommitOf(lease, ToBytes(Sha256Of("shard")));
  commit.set_run_id("another");
  v1::CommitUnitResponse committed;
  EXPECT_EQ(Call(&v1::WorkService::Stub::CommitUnit, work_.get(), commit, committed).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
  v1::ReleaseUnitRequest release;
  release.set_unit_id(lease.unit_id());
  release.set_fencing_token(lease.fencing_token());
  release.set_run_id("another");
  v1::ReleaseUnitResponse released;
  EXPECT_EQ(Call(&v1::WorkService::Stub::ReleaseUnit, work_.get(), release, released).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(Status().units().leased(), 1u);
  release.set_run_id(store_->run_id());
  EXPECT_TRUE(Call(&v1::WorkService::Stub::ReleaseUnit, work_.get(), release, released).ok());
}

TEST_F(ServicesTest, ShardThatIsTooLargeIsNotWorthARetry) {
  CatalogueGames();
  const v1::Lease lease = Lease(Register()).lease();
  grpc::ClientContext context;
  v1::UploadShardResponse response;
  const auto writer = shards_->UploadShard(&context, &response);
  v1::UploadShardRequest message;
  message.mutable_header()->set_unit_id(lease.unit_id());
  message.mutable_header()->set_fencing_token(lease.fencing_token());
  message.mutable_header()->set_shard_digest(ToBytes(Sha256Of("shard")));
  message.mutable_header()->set_length_bytes(2ull << 30);
  writer->Write(message);
  writer->WritesDone();
  EXPECT_EQ(writer->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ServicesTest, UnknownWorkerAndOtherParserAreRefused) {
  v1::LeaseUnitRequest lease;
  lease.set_worker_id("nobody");
  v1::LeaseUnitResponse leased;
  EXPECT_EQ(Call(&v1::WorkService::Stub::LeaseUnit, work_.get(), lease, leased).error_code(),
            grpc::StatusCode::NOT_FOUND);
  Register();
  v1::RegisterWorkerRequest other;
  other.set_protocol_version(rpc::kProtocolVersion);
  other.set_parser_version(2);
  v1::RegisterWorkerResponse registered;
  EXPECT_EQ(
      Call(&v1::WorkService::Stub::RegisterWorker, work_.get(), other, registered).error_code(),
      grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(ServicesTest, AddedSourcesAreListedAsPending) {
  v1::AddSourcesRequest add;
  add.add_paths(games_.path());
  v1::AddSourcesResponse added;
  ASSERT_TRUE(Call(&v1::AdminService::Stub::AddSources, admin_.get(), add, added).ok());
  EXPECT_EQ(added.games(), 3u);
  v1::ListLedgerRequest list;
  list.set_state(v1::GAME_STATE_PENDING);
  grpc::ClientContext context;
  const auto stream = admin_->ListLedger(&context, list);
  int entries = 0;
  for (v1::ListLedgerResponse page; stream->Read(&page);) entries += page.entries_size();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(entries, 3);
}

TEST_F(ServicesTest, ScanThatTheDiskCutGoesOnWhenItIsMended) {
  const auto database = *store::Database::Open(state_.path() + "/moyo.db");
  ASSERT_TRUE(database->Execute("ALTER TABLE sources RENAME TO lost").ok());
  CoordinatorOptions options;
  options.catalogue_retry = absl::ZeroDuration();
  Coordinator coordinator(*store_, options, clock_);
  absl::Notification failed, mended;
  coordinator.StartCatalogue({games_.path()}, 0, [&](const absl::Status& status) {
    if (status.ok()) {
      mended.Notify();
    } else if (!failed.HasBeenNotified()) {
      v1::GetStatusResponse response;
      EXPECT_TRUE(coordinator.GetStatus({}, response).ok());
      EXPECT_FALSE(response.complete());
      EXPECT_NE(response.catalogue_error(), "");
      EXPECT_TRUE(database->Execute("ALTER TABLE lost RENAME TO sources").ok());
      failed.Notify();
    }
  });
  mended.WaitForNotification();
  EXPECT_TRUE(failed.HasBeenNotified());
  v1::GetStatusResponse response;
  ASSERT_TRUE(coordinator.GetStatus({}, response).ok());
  EXPECT_EQ(response.ledger().found(), 3u);
  EXPECT_EQ(response.catalogue_error(), "");
}

TEST_F(ServicesTest, NothingIsCompleteBeforeTheCatalogueWasStarted) {
  const std::string worker = Register();
  EXPECT_FALSE(Lease(worker).all_done());
  EXPECT_FALSE(Status().complete());
  v1::GetManifestResponse manifest;
  ASSERT_TRUE(
      Call(&v1::ShardService::Stub::GetManifest, shards_.get(), v1::GetManifestRequest(), manifest)
          .ok());
  EXPECT_FALSE(manifest.complete());
  coordinator_->StartCatalogue({}, 0, [](const absl::Status&) {});  // nothing to do
  EXPECT_TRUE(Lease(worker).all_done());
  EXPECT_TRUE(Status().complete());
}

TEST_F(ServicesTest, TrainingProgressOutlivesTheServer) {
  v1::ReportProgressRequest report;
  report.mutable_progress()->set_step(42);
  v1::ReportProgressResponse reported;
  ASSERT_TRUE(
      Call(&v1::TrainingService::Stub::ReportProgress, training_.get(), report, reported).ok());
  EXPECT_EQ(Status().training().step(), 42u);
  coordinator_->Stop();
  Coordinator next(*store_, CoordinatorOptions{}, clock_);
  ASSERT_TRUE(next.Load().ok());
  v1::GetStatusResponse status;
  ASSERT_TRUE(next.GetStatus({}, status).ok());
  EXPECT_EQ(status.training().step(), 42u);
}

TEST_F(ServicesTest, TakenPortIsRefused) {
  const auto second = Listener::Open(listener_->address(), *coordinator_);
  EXPECT_TRUE(absl::IsUnavailable(second.status()));
}

}  // namespace
}  // namespace moyo::server
