#include "server/request_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace moyo::server {
namespace {

template <typename Request>
void ExpectRefused(const Request& request, const std::string& field) {
  const absl::Status status = CheckRequest(request);
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(status.message(), testing::HasSubstr(field));
}

TEST(RequestLimits, TextHasALengthAndNoControlCharacters) {
  v1::RegisterWorkerRequest request;
  request.set_name(std::string(200, 'n'));
  EXPECT_TRUE(CheckRequest(request).ok());
  request.set_name(std::string(201, 'n'));
  ExpectRefused(request, "name");
  for (const char* name : {"a\nb", "a\x1b[31m", "\x7f", "a\xc2\x9b[m"}) {
    request.set_name(name);
    ExpectRefused(request, "control characters");
  }
  request.set_name("\xE5\x9B\xB2\xE7\xA2\x81 7");
  EXPECT_TRUE(CheckRequest(request).ok());
}

TEST(RequestLimits, IdsOfAnyLengthAreNotKept) {
  v1::LeaseUnitRequest lease;
  lease.set_worker_id(std::string(101, 'w'));
  ExpectRefused(lease, "worker_id");
  v1::ReleaseUnitRequest release;
  release.set_lease_id(std::string(101, 'l'));
  ExpectRefused(release, "lease_id");
  release.clear_lease_id();
  release.set_error("free text\nof two lines");
  EXPECT_TRUE(CheckRequest(release).ok());
  release.set_error(std::string((64 << 10) + 1, 'e'));
  ExpectRefused(release, "error");
}

TEST(RequestLimits, RowsOfACommitAreHeldToWhatAGameCanHave) {
  v1::CommitUnitRequest commit;
  v1::LedgerRow& row = *commit.add_rows();
  row.set_reason(std::string(64, 'R'));
  row.set_detail(std::string(400, 'd'));
  row.set_symmetry(7);
  for (int i = 0; i < 2048; ++i) row.add_marks(i);
  EXPECT_TRUE(CheckRequest(commit).ok());
  row.add_marks(0);
  ExpectRefused(commit, "marks");
  row.clear_marks();
  row.set_symmetry(8);
  ExpectRefused(commit, "symmetry");
  row.clear_symmetry();
  row.set_detail(std::string(401, 'd'));
  ExpectRefused(commit, "detail");
  row.clear_detail();
  row.set_moves(65'536);
  ExpectRefused(commit, "moves");
  row.set_moves(65'535);
  EXPECT_TRUE(CheckRequest(commit).ok());
  row.set_reason(std::string(65, 'R'));
  ExpectRefused(commit, "reason");
}

TEST(RequestLimits, ListsHaveALength) {
  v1::HeartbeatRequest beat;
  for (int i = 0; i < 10'000; ++i) beat.add_leases();
  EXPECT_TRUE(CheckRequest(beat).ok());
  beat.add_leases();
  ExpectRefused(beat, "leases");
  v1::AddSourcesRequest add;
  ExpectRefused(add, "path");
  for (int i = 0; i < 10'001; ++i) add.add_paths("x");
  ExpectRefused(add, "paths");
  v1::FetchSourcesRequest fetch;
  for (int i = 0; i < 1'000'001; ++i) fetch.add_source_ids(i);
  ExpectRefused(fetch, "source_ids");
  v1::CommitUnitRequest commit;
  for (int i = 0; i < 1'000'001; ++i) commit.add_rows();
  ExpectRefused(commit, "rows");
}

TEST(RequestLimits, HeartbeatsRateIsANumber) {
  v1::HeartbeatRequest beat;
  beat.set_games_per_second(std::numeric_limits<double>::quiet_NaN());
  ExpectRefused(beat, "games_per_second");
}

TEST(RequestLimits, HashesAndDigestsHaveTheirLength) {
  v1::CommitUnitRequest commit;
  commit.set_shard_digest(std::string(31, 'd'));
  ExpectRefused(commit, "shard_digest");
  commit.set_shard_digest(std::string(32, 'd'));
  EXPECT_TRUE(CheckRequest(commit).ok());
  v1::LedgerRow& row = *commit.add_rows();
  row.set_game_hash("short");
  ExpectRefused(commit, "game_hash");
  row.set_game_hash(std::string(16, 'h'));
  EXPECT_TRUE(CheckRequest(commit).ok());
  row.set_reason(std::string(65, 'r'));
  ExpectRefused(commit, "reason");
  row.clear_reason();
  row.set_detail(std::string(401, 'd'));
  ExpectRefused(commit, "detail");
  v1::ReportProgressRequest progress;
  progress.mutable_progress()->set_dataset_digest("short");
  ExpectRefused(progress, "dataset_digest");
  progress.mutable_progress()->clear_dataset_digest();
  progress.mutable_progress()->set_trainer(std::string(201, 't'));
  ExpectRefused(progress, "trainer");
}

TEST(RequestLimits, PathIsOneThatAFileCanHave) {
  v1::AddSourcesRequest add;
  add.add_paths("");
  ExpectRefused(add, "paths");
  add.set_paths(0, std::string("/a\0b", 4));
  ExpectRefused(add, "paths");
  add.set_paths(0, std::string(4097, 'a'));
  ExpectRefused(add, "paths");
  add.set_paths(0, "/games");
  EXPECT_TRUE(CheckRequest(add).ok());
}

TEST(RequestLimits, EnumsAndLifetimesAreInRange) {
  v1::ListLedgerRequest list;
  list.set_state(static_cast<v1::GameState>(99));
  ExpectRefused(list, "state");
  v1::AddTokenRequest token;
  token.set_lifetime_seconds(UINT64_MAX);
  ExpectRefused(token, "lifetime_seconds");
}

}  // namespace
}  // namespace moyo::server
