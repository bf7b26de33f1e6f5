// What the server decides beyond the store, without a network.
#include "server/coordinator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>

#include "absl/synchronization/notification.h"
#include "common/base/digest.h"
#include "server/store/database.h"
#include "tests/support/disk_calls.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace moyo::server {
namespace {

constexpr char kGame[] = "(;GM[1]SZ[19];B[pd];W[dp])\n";

class CoordinatorTest : public testing::Test {
 protected:
  CoordinatorTest() { games_.Write("a.sgf", kGame); }

  void AddSources() {
    v1::AddSourcesRequest request;
    request.add_paths(games_.path());
    v1::AddSourcesResponse response;
    const absl::Status status = coordinator_.AddSources(request, response);
    ASSERT_TRUE(status.ok()) << status;
  }

  std::string Register(const std::string& name = "w") {
    v1::RegisterWorkerRequest request;
    request.set_name(name);
    request.set_protocol_version(1);
    request.set_parser_version(1);
    v1::RegisterWorkerResponse response;
    EXPECT_TRUE(coordinator_.RegisterWorker(request, response).ok());
    return response.worker_id();
  }

  v1::LeaseUnitResponse Lease(const std::string& worker_id) {
    v1::LeaseUnitResponse response;
    const absl::Status status = TryLease(worker_id, response);
    EXPECT_TRUE(status.ok()) << status;
    return response;
  }

  absl::Status TryLease(const std::string& worker_id, v1::LeaseUnitResponse& response) {
    v1::LeaseUnitRequest request;
    request.set_worker_id(worker_id);
    absl::Status result;
    absl::Notification answered;
    coordinator_.LeaseUnit(request, response, [&](const absl::Status& status) {
      result = status;
      answered.Notify();
    });
    answered.WaitForNotification();
    return result;
  }

  absl::Status Release(const v1::Lease& lease, const std::string& error) {
    v1::ReleaseUnitRequest request;
    request.set_unit_id(lease.unit_id());
    request.set_fencing_token(lease.fencing_token());
    request.set_failed(true);
    request.set_error(error);
    v1::ReleaseUnitResponse response;
    return coordinator_.ReleaseUnit(request, response);
  }

  static v1::UploadShardHeader HeaderOf(const v1::Lease& lease, uint64_t length_bytes) {
    v1::UploadShardHeader header;
    header.set_unit_id(lease.unit_id());
    header.set_fencing_token(lease.fencing_token());
    header.set_shard_digest(ToBytes(Sha256Of("shard")));
    header.set_length_bytes(length_bytes);
    return header;
  }

  v1::GetStatusResponse Status() {
    v1::GetStatusResponse response;
    EXPECT_TRUE(coordinator_.GetStatus({}, response).ok());
    return response;
  }

  std::vector<std::string> ReasonsOf(v1::GameState state) {
    v1::ListLedgerRequest request;
    request.set_state(state);
    std::vector<std::string> reasons;
    EXPECT_TRUE(coordinator_
                    .ListLedger(request,
                                [&](const v1::ListLedgerResponse& page) {
                                  for (const v1::LedgerEntry& entry : page.entries()) {
                                    reasons.push_back(entry.row().reason());
                                  }
                                  return true;
                                })
                    .ok());
    return reasons;
  }

  test::TempFolder games_, state_;
  test::FakeClock clock_;
  std::unique_ptr<store::Store> store_ = *store::Store::Open(state_.path(), {}, clock_);
  Coordinator coordinator_{*store_, {.catalogue_retry = absl::Milliseconds(1)}, clock_};
};

TEST_F(CoordinatorTest, WorkersStayWhileTheCatalogueGrows) {
  const auto database = *store::Database::Open(state_.path() + "/moyo.db");
  ASSERT_TRUE(database->Execute("ALTER TABLE sources RENAME TO lost").ok());
  const std::string worker = Register();
  absl::Notification done;
  int failures = 0;
  coordinator_.StartCatalogue({games_.path()}, 0, [&](const absl::Status& status) {
    if (status.ok()) return done.Notify();
    // There is no unit, and one is to come.
    const v1::LeaseUnitResponse answer = Lease(worker);
    EXPECT_FALSE(answer.has_lease());
    EXPECT_FALSE(answer.all_done());
    if (++failures == 1) {
      EXPECT_TRUE(database->Execute("ALTER TABLE lost RENAME TO sources").ok());
    }
  });
  done.WaitForNotification();
  EXPECT_GE(failures, 1);
  EXPECT_TRUE(Lease(worker).has_lease());
}

TEST_F(CoordinatorTest, WorkerOfAnotherProtocolIsRefused) {
  for (const uint32_t version : {0u, 2u}) {
    v1::RegisterWorkerRequest request;
    request.set_protocol_version(version);
    request.set_parser_version(1);
    v1::RegisterWorkerResponse response;
    EXPECT_TRUE(absl::IsFailedPrecondition(coordinator_.RegisterWorker(request, response)));
  }
}

TEST_F(CoordinatorTest, UnitThatKeepsFailingIsQuarantinedWithItsError) {
  coordinator_.StartCatalogue({}, 0, [](const absl::Status&) {});
  AddSources();
  const std::string worker = Register();
  for (int attempt = 1; attempt <= 3; ++attempt) {
    const v1::Lease lease = Lease(worker).lease();
    EXPECT_EQ(lease.attempt(), static_cast<uint32_t>(attempt));
    ASSERT_TRUE(Release(lease, "it crashed").ok());
  }
  EXPECT_EQ(Status().ledger().quarantined(), 1u);
  EXPECT_TRUE(Lease(worker).all_done());
  EXPECT_THAT(ReasonsOf(v1::GAME_STATE_QUARANTINED), testing::ElementsAre("SOURCE_QUARANTINED"));
}

TEST_F(CoordinatorTest, SilentWorkerIsForgotten) {
  const std::string silent = Register("silent"), alive = Register("alive");
  clock_.Advance(absl::Seconds(59));
  v1::HeartbeatRequest beat;
  beat.set_worker_id(alive);
  v1::HeartbeatResponse answer;
  ASSERT_TRUE(coordinator_.Heartbeat(beat, answer).ok());
  coordinator_.Tick();
  EXPECT_EQ(Status().workers_size(), 2);
  clock_.Advance(absl::Seconds(2));
  coordinator_.Tick();
  ASSERT_EQ(Status().workers_size(), 1);
  EXPECT_EQ(Status().workers(0).name(), "alive");
  beat.set_worker_id(silent);
  EXPECT_TRUE(absl::IsNotFound(coordinator_.Heartbeat(beat, answer)));
}

// More than one piece of it takes longer than the lease.
TEST_F(CoordinatorTest, SlowUploadThatComesOnKeepsItsLease) {
  AddSources();
  const v1::Lease lease = Lease(Register()).lease();
  constexpr uint64_t kPieces = 4;
  const std::string piece(256 * 1024, 'x');
  uint64_t sent = 0;
  v1::UploadShardResponse response;
  const absl::Status uploaded = coordinator_.UploadShard(
      [&](v1::UploadShardRequest* message) {
        message->Clear();
        if (sent == kPieces) return false;
        if (sent++ == 0) *message->mutable_header() = HeaderOf(lease, kPieces * piece.size());
        message->set_data(piece);
        clock_.Advance(absl::Seconds(40));
        coordinator_.Tick();
        EXPECT_EQ(Status().units().leased(), 1u) << "piece " << sent;
        return true;
      },
      response);
  EXPECT_TRUE(uploaded.ok()) << uploaded;
  EXPECT_EQ(store_->GetStatus().lease_expiries, 0u);
}

// Whoever asks for the status must not wait for it.
TEST_F(CoordinatorTest, WorkerThatRegistersWaitsForTheDiskAlone) {
  absl::Notification disk_is_busy, disk_goes_on;
  store_->WhenOnDisk([&](const absl::Status&) {
    disk_is_busy.Notify();
    disk_goes_on.WaitForNotification();
  });
  disk_is_busy.WaitForNotification();
  std::thread worker([this] { Register(); });
  while (store_->GetMeta("parser_version")->empty()) std::this_thread::yield();
  EXPECT_EQ(Status().workers_size(), 0);
  disk_goes_on.Notify();
  worker.join();
  EXPECT_EQ(Status().workers_size(), 1);
}

TEST_F(CoordinatorTest, ScanThatWasAddedAndCutIsMadeAgainBeforeTheDatasetIsComplete) {
  coordinator_.StartCatalogue({}, 0, [](const absl::Status&) {});
  EXPECT_TRUE(Status().complete());
  const auto database = *store::Database::Open(state_.path() + "/moyo.db");
  ASSERT_TRUE(database->Execute("ALTER TABLE sources RENAME TO lost").ok());
  v1::AddSourcesRequest request;
  request.add_paths(games_.path());
  v1::AddSourcesResponse response;
  const absl::Status cut = coordinator_.AddSources(request, response);
  EXPECT_TRUE(absl::IsInternal(cut)) << cut;
  EXPECT_THAT(std::string(cut.message()), testing::HasSubstr("tries again by itself"));
  EXPECT_FALSE(Status().complete());
  EXPECT_NE(Status().catalogue_error(), "");
  EXPECT_FALSE(Lease(Register()).all_done());
  ASSERT_TRUE(database->Execute("ALTER TABLE lost RENAME TO sources").ok());
  while (coordinator_.GetActivity().running_scans > 0) std::this_thread::yield();
  EXPECT_EQ(Status().ledger().found(), 1u);
  EXPECT_EQ(Status().catalogue_error(), "");
  EXPECT_TRUE(store_->UnfinishedScans()->empty());
}

TEST_F(CoordinatorTest, ServerThatStopsBeginsNoScan) {
  coordinator_.StartCatalogue({}, 0, [](const absl::Status&) {});
  coordinator_.StopScans();
  v1::AddSourcesRequest request;
  request.add_paths(games_.path());
  v1::AddSourcesResponse response;
  EXPECT_TRUE(absl::IsCancelled(coordinator_.AddSources(request, response)));
}

TEST_F(CoordinatorTest, PathThatIsNotThereIsNotTriedAgain) {
  coordinator_.StartCatalogue({}, 0, [](const absl::Status&) {});
  v1::AddSourcesRequest request;
  request.add_paths(games_.path() + "/none");
  v1::AddSourcesResponse response;
  EXPECT_TRUE(absl::IsNotFound(coordinator_.AddSources(request, response)));
  EXPECT_TRUE(Status().complete());
}

TEST_F(CoordinatorTest, DiskThatTakesNothingIsSaidUntilItIsMended) {
  AddSources();
  const v1::Lease lease = Lease(Register()).lease();
  const auto upload = [&] {
    bool is_sent = false;
    v1::UploadShardResponse response;
    return coordinator_.UploadShard(
        [&](v1::UploadShardRequest* message) {
          if (std::exchange(is_sent, true)) return false;
          *message->mutable_header() = HeaderOf(lease, 5);
          message->set_data("shard");
          return true;
        },
        response);
  };
  test::DiskCalls calls;
  calls.FailNextSync("unit-00000001-t1.npz.tmp", ENOSPC);
  EXPECT_TRUE(absl::IsResourceExhausted(upload()));
  EXPECT_THAT(Status().storage_error(), testing::HasSubstr("free some space"));
  EXPECT_TRUE(coordinator_.GetActivity().storage_failing);
  calls.FailNextSync("unit-00000001-t1.npz.tmp", EROFS);
  EXPECT_TRUE(absl::IsResourceExhausted(upload()));
  EXPECT_THAT(Status().storage_error(), testing::HasSubstr("name a place that can be written"));
  // What has nothing to do with space mends nothing.
  calls.FailNextSync("unit-00000001-t1.npz.tmp", EIO);
  EXPECT_TRUE(absl::IsInternal(upload()));
  EXPECT_TRUE(coordinator_.GetActivity().storage_failing);
  EXPECT_TRUE(upload().ok());
  EXPECT_EQ(Status().storage_error(), "");
  EXPECT_FALSE(coordinator_.GetActivity().storage_failing);
}

// Reading that file gives EIO.
TEST_F(CoordinatorTest, DiskThatFailsBlamesNoSource) {
  AddSources();
  const auto database = *store::Database::Open(state_.path() + "/moyo.db");
  ASSERT_TRUE(database->Execute("UPDATE files SET path = '/proc/self/mem'").ok());
  const v1::Lease lease = Lease(Register()).lease();
  v1::FetchSourcesRequest request;
  request.set_unit_id(lease.unit_id());
  request.set_fencing_token(lease.fencing_token());
  int messages = 0;
  const absl::Status status =
      coordinator_.FetchSources(request, [&](const v1::FetchSourcesResponse&) {
        ++messages;
        return true;
      });
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_EQ(messages, 0);
}

// No shard is under way then that could fail.
TEST_F(CoordinatorTest, FullDiskThatStopsLeasesIsSaid) {
  AddSources();
  const std::string worker = Register();
  test::DiskCalls calls;
  calls.FailWrites("moyo.db-wal");
  v1::LeaseUnitResponse response;
  EXPECT_TRUE(absl::IsResourceExhausted(TryLease(worker, response)));
  EXPECT_THAT(Status().storage_error(), testing::HasSubstr("free some space"));
  EXPECT_TRUE(coordinator_.GetActivity().storage_failing);
  calls.FailWrites("", 0);
  EXPECT_TRUE(Lease(worker).has_lease());
}

TEST_F(CoordinatorTest, LedgerOfAStateHasThatStateAlone) {
  games_.Write("b.sgf", std::string(kGame) + kGame);
  AddSources();
  const v1::Lease lease = Lease(Register()).lease();
  v1::CommitUnitRequest commit;
  commit.set_unit_id(lease.unit_id());
  commit.set_fencing_token(lease.fencing_token());
  const std::pair<v1::GameState, const char*> rows[] = {{v1::GAME_STATE_REJECTED, "NO_MOVES"},
                                                        {v1::GAME_STATE_FILTERED, "FILTER_RANK"},
                                                        {v1::GAME_STATE_REJECTED, "NOT_GO"}};
  for (const auto& [state, reason] : rows) {
    v1::LedgerRow& row = *commit.add_rows();
    row.set_game_id(commit.rows_size());
    row.set_state(state);
    row.set_reason(reason);
  }
  v1::CommitUnitResponse committed;
  absl::Notification answered;
  coordinator_.CommitUnit(commit, committed, [&](const absl::Status& status) {
    EXPECT_TRUE(status.ok()) << status;
    answered.Notify();
  });
  answered.WaitForNotification();
  EXPECT_THAT(ReasonsOf(v1::GAME_STATE_REJECTED), testing::ElementsAre("NO_MOVES", "NOT_GO"));
  EXPECT_THAT(ReasonsOf(v1::GAME_STATE_FILTERED), testing::ElementsAre("FILTER_RANK"));
  EXPECT_THAT(ReasonsOf(v1::GAME_STATE_ACCEPTED), testing::IsEmpty());
  EXPECT_EQ(ReasonsOf(v1::GAME_STATE_UNSPECIFIED).size(), 3u);
}

}  // namespace
}  // namespace moyo::server
