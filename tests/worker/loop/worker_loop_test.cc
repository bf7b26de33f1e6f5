#include "worker/loop/worker_loop.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/digest.h"
#include "common/base/files.h"
#include "common/shard/shard.h"
#include "tests/support/temp_folder.h"
#include "tests/worker/loop/fake_server.h"

namespace moyo::worker {
namespace {

using grpc::StatusCode;

constexpr char kGame[] = "(;GM[1]SZ[19];B[pd];W[dp];B[pp];W[dd])";
constexpr char kOtherGame[] = "(;GM[1]SZ[9];B[cc];W[gg];B[cg])";
constexpr char kAsLong[] = "(;GM[1]SZ[19];B[pd];W[dp];B[pp]C[ddd])";  // as kGame; three moves
static_assert(sizeof(kAsLong) == sizeof(kGame));

class WorkerLoopTest : public ::testing::Test {
 protected:
  absl::Status RunWorker() {
    options_.server = server_.address();
    options_.name = "test";
    options_.exit_when_done = true;
    const auto endpoint = metrics::Endpoint::Open("", "test");
    return WorkerLoop(options_, **endpoint).Run();
  }
  absl::Status RunWithSpool() {
    options_.spool_folder = spool();
    return RunWorker();
  }

  std::string spool() const { return folder_.Path("spool"); }
  bool SpoolIsEmpty() const { return SpooledFiles().empty(); }
  std::vector<std::string> SpooledFiles() const {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(spool())) {
      if (entry.path().filename() != "lock") files.push_back(entry.path().string());
    }
    return files;
  }

  const test::TempFolder folder_;
  WorkerOptions options_;
  FakeServer server_;
};

TEST_F(WorkerLoopTest, EveryUnitIsCommittedWithItsShard) {
  server_.AddUnit({kGame, kOtherGame});
  server_.AddUnit({kOtherGame});
  server_.AddUnit({kGame});
  options_.parallel = 2;
  ASSERT_TRUE(RunWorker().ok());
  const auto commits = server_.Commits();
  auto shards = server_.Shards();
  ASSERT_EQ(commits.size(), 3u);
  for (const auto& [unit, commit] : commits) {
    const auto columns = shard::ReadNpz(shards[unit]);
    ASSERT_TRUE(columns.ok()) << columns.status();
    EXPECT_EQ(ToBytes(shard::DigestOf(*columns)), commit.shard_digest());
    EXPECT_EQ(columns->games(), static_cast<size_t>(commit.rows_size()));
  }
  ASSERT_EQ(commits.at(1).rows_size(), 2);
  EXPECT_EQ(commits.at(1).rows(0).game_id(), 1u);
  EXPECT_EQ(commits.at(1).rows(0).state(), v1::GAME_STATE_ACCEPTED);
  EXPECT_EQ(commits.at(1).rows(0).moves(), 4u);
  EXPECT_EQ(commits.at(1).rows(1).game_id(), 2u);
  EXPECT_EQ(commits.at(1).rows(1).shard_row(), 1u);
  EXPECT_EQ(server_.Calls("CommitUnit"), 3);
}

TEST_F(WorkerLoopTest, OutageAtAnyCallIsRiddenOut) {
  server_.AddUnit({kGame});
  for (const char* rpc :
       {"RegisterWorker", "LeaseUnit", "FetchSources", "UploadShard", "CommitUnit"}) {
    server_.FailNext(rpc, StatusCode::UNAVAILABLE);
  }
  ASSERT_TRUE(RunWithSpool().ok());
  EXPECT_EQ(server_.Commits().size(), 1u);
  EXPECT_EQ(server_.Commits().at(1).rows_size(), 1);
  EXPECT_TRUE(server_.Releases().empty());
  EXPECT_TRUE(SpoolIsEmpty());
}

TEST_F(WorkerLoopTest, LostAnswerToACommitIsAskedAgain) {
  server_.AddUnit({kGame});
  server_.LoseNextCommitAnswer();
  ASSERT_TRUE(RunWithSpool().ok());
  EXPECT_EQ(server_.Calls("CommitUnit"), 2);
  EXPECT_EQ(server_.Calls("UploadShard"), 1);
  EXPECT_TRUE(SpoolIsEmpty());
}

TEST_F(WorkerLoopTest, StaleTokenAtCommitDropsTheUnit) {
  server_.AddUnit({kGame});
  server_.FailNext("CommitUnit", StatusCode::FAILED_PRECONDITION);
  ASSERT_TRUE(RunWithSpool().ok());
  EXPECT_TRUE(server_.Commits().empty());
  EXPECT_EQ(server_.Calls("CommitUnit"), 1);
  EXPECT_TRUE(SpoolIsEmpty());
}

TEST_F(WorkerLoopTest, StaleTokenAtUploadIsNotCommitted) {
  server_.AddUnit({kGame});
  server_.FailNext("UploadShard", StatusCode::FAILED_PRECONDITION);
  ASSERT_TRUE(RunWithSpool().ok());
  EXPECT_EQ(server_.Calls("CommitUnit"), 0);
  EXPECT_TRUE(SpoolIsEmpty());
}

TEST_F(WorkerLoopTest, ShardTheServerLostIsUploadedAgain) {
  server_.AddUnit({kGame});
  server_.FailNext("CommitUnit", StatusCode::NOT_FOUND);
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_EQ(server_.Calls("UploadShard"), 2);
  EXPECT_EQ(server_.Commits().size(), 1u);
}

TEST_F(WorkerLoopTest, FullDiskOfTheServerDoesNotCostTheShard) {
  server_.AddUnit({kGame});
  server_.FailNext("UploadShard", StatusCode::RESOURCE_EXHAUSTED);
  server_.FailNext("CommitUnit", StatusCode::RESOURCE_EXHAUSTED);
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_EQ(server_.Commits().size(), 1u);
}

TEST_F(WorkerLoopTest, ResetServerIsRegisteredAtOnceMore) {
  server_.AddUnit({kGame});
  server_.FailNext("LeaseUnit", StatusCode::NOT_FOUND);
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_EQ(server_.Calls("RegisterWorker"), 2);
  EXPECT_EQ(server_.Commits().at(1).worker_id(), "worker-2");
}

TEST_F(WorkerLoopTest, ServerOfAnotherVersionEndsTheWorker) {
  server_.FailNext("RegisterWorker", StatusCode::FAILED_PRECONDITION);
  EXPECT_TRUE(absl::IsFailedPrecondition(RunWorker()));
  EXPECT_EQ(server_.Calls("RegisterWorker"), 1);
}

TEST_F(WorkerLoopTest, FileThatIsTheSameHereIsNotFetched) {
  ASSERT_TRUE(WriteFileAtomically(folder_.Path("a.sgf"), kGame).ok());
  server_.AddUnit({kGame}, {folder_.Path("a.sgf")});
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_EQ(server_.Calls("FetchSources"), 0);
  EXPECT_EQ(server_.Commits().at(1).rows(0).moves(), 4u);
}

TEST_F(WorkerLoopTest, FileThatDiffersHereIsFetched) {
  ASSERT_TRUE(WriteFileAtomically(folder_.Path("a.sgf"), kOtherGame).ok());
  server_.AddUnit({kGame}, {folder_.Path("a.sgf")});
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_EQ(server_.Calls("FetchSources"), 1);
  EXPECT_EQ(server_.Commits().at(1).rows(0).moves(), 4u);
}

// By its length and its number of games it could be the one that was catalogued.
TEST_F(WorkerLoopTest, FileOfTheSameLengthWithOtherBytesIsFetched) {
  ASSERT_TRUE(WriteFileAtomically(folder_.Path("a.sgf"), kAsLong).ok());
  ASSERT_TRUE(WriteFileAtomically(folder_.Path("b.sgf"), kOtherGame).ok());
  server_.AddUnit({kGame, kOtherGame}, {folder_.Path("a.sgf"), folder_.Path("b.sgf")});
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_EQ(server_.Calls("FetchSources"), 1);
  const v1::CommitUnitRequest commit = server_.Commits().at(1);
  ASSERT_EQ(commit.rows_size(), 2);
  EXPECT_EQ(commit.rows(0).moves(), 4u);
  EXPECT_EQ(commit.rows(1).moves(), 3u);
  EXPECT_EQ(shard::ReadNpz(server_.Shards()[1])->positions(), 7u);
}

TEST_F(WorkerLoopTest, LocalFilesOffFetchesEverything) {
  ASSERT_TRUE(WriteFileAtomically(folder_.Path("a.sgf"), kGame).ok());
  server_.AddUnit({kGame}, {folder_.Path("a.sgf")});
  options_.local_files = LocalFiles::kIgnore;
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_EQ(server_.Calls("FetchSources"), 1);
}

TEST_F(WorkerLoopTest, BytesThatAreNotTheCatalogedOnesBecomeRejectedRows) {
  server_.AddUnit({kGame, kGame, kOtherGame});
  server_.ServeInstead(1, kAsLong);
  server_.ServeInstead(2, std::string(kGame) + kGame);  // longer
  ASSERT_TRUE(RunWorker().ok());
  ASSERT_EQ(server_.Commits().count(1), 1u);
  const v1::CommitUnitRequest commit = server_.Commits().at(1);
  ASSERT_EQ(commit.rows_size(), 3);
  EXPECT_EQ(commit.rows(0).state(), v1::GAME_STATE_REJECTED);
  EXPECT_EQ(commit.rows(1).state(), v1::GAME_STATE_REJECTED);
  EXPECT_EQ(commit.rows(2).state(), v1::GAME_STATE_ACCEPTED);
  EXPECT_TRUE(server_.Releases().empty());
}

TEST_F(WorkerLoopTest, UnreadableSourceCostsOnlyItself) {
  server_.AddUnit({kGame, kOtherGame});
  server_.ServeError(1, "cannot open a.sgf: Permission denied");
  ASSERT_TRUE(RunWorker().ok());
  const v1::CommitUnitRequest commit = server_.Commits().at(1);
  ASSERT_EQ(commit.rows_size(), 2);
  EXPECT_EQ(commit.rows(0).reason(), "SOURCE_UNREADABLE");
  EXPECT_EQ(commit.rows(0).detail(), "cannot open a.sgf: Permission denied");
  EXPECT_EQ(commit.rows(1).state(), v1::GAME_STATE_ACCEPTED);
}

TEST_F(WorkerLoopTest, UnitWithoutAnAcceptedGameHasNoShard) {
  server_.AddUnit({"not a game"});
  ASSERT_TRUE(RunWithSpool().ok());
  EXPECT_EQ(server_.Calls("UploadShard"), 0);
  EXPECT_EQ(server_.Commits().at(1).shard_digest(), "");
  EXPECT_EQ(server_.Commits().at(1).rows(0).state(), v1::GAME_STATE_REJECTED);
  EXPECT_TRUE(SpoolIsEmpty());
}

TEST_F(WorkerLoopTest, RefusedFetchGivesTheUnitBackAsFailed) {
  server_.AddUnit({kGame});
  server_.FailNext("FetchSources", StatusCode::INVALID_ARGUMENT);
  ASSERT_TRUE(RunWorker().ok());
  ASSERT_EQ(server_.Releases().size(), 1u);
  EXPECT_TRUE(server_.Releases()[0].failed());
  EXPECT_EQ(server_.Releases()[0].unit_id(), 1u);
}

TEST_F(WorkerLoopTest, LostLeaseIsLeftAlone) {
  server_.AddUnit({kGame});
  // The second heartbeat goes out only after the answer to the first was taken in.
  server_.OnFetch([this] {
    server_.LoseLeases();
    server_.AwaitHeartbeats(2);
  });
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_TRUE(server_.Commits().empty());
  EXPECT_TRUE(server_.Releases().empty());
}

TEST_F(WorkerLoopTest, RefusedTokenEndsTheWorkerAndKeepsTheShard) {
  for (const StatusCode refusal : {StatusCode::UNAUTHENTICATED, StatusCode::PERMISSION_DENIED}) {
    server_.AddUnit({kGame});
    server_.FailNext("CommitUnit", refusal);
    EXPECT_EQ(static_cast<int>(RunWithSpool().code()), refusal);
    EXPECT_FALSE(SpoolIsEmpty());
    ASSERT_TRUE(RunWithSpool().ok());  // joined anew
    EXPECT_TRUE(SpoolIsEmpty());
  }
  EXPECT_EQ(server_.Commits().size(), 2u);
}

TEST_F(WorkerLoopTest, FailingServerDoesNotEndTheWorker) {
  server_.AddUnit({kGame});
  for (const StatusCode code : {StatusCode::INTERNAL, StatusCode::RESOURCE_EXHAUSTED}) {
    for (const char* rpc : {"RegisterWorker", "LeaseUnit", "FetchSources"}) {
      server_.FailNext(rpc, code);
    }
  }
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_EQ(server_.Commits().size(), 1u);
  EXPECT_TRUE(server_.Releases().empty());
}

TEST_F(WorkerLoopTest, CallThatTheOtherSideCancelledIsMadeAgain) {
  server_.AddUnit({kGame});
  for (const char* rpc :
       {"RegisterWorker", "LeaseUnit", "FetchSources", "UploadShard", "CommitUnit"}) {
    server_.FailNext(rpc, StatusCode::CANCELLED);
  }
  ASSERT_TRUE(RunWithSpool().ok());
  EXPECT_EQ(server_.Commits().size(), 1u);
}

TEST_F(WorkerLoopTest, LongSourceIsProgressWhileItArrives) {
  server_.AddUnit({kGame});
  v1::LeaseProgress progress;
  server_.OnHalfFetched([&] {
    server_.AwaitHeartbeats(2);
    progress = server_.LatestProgress();
  });
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_EQ(progress.games_parsed(), 0u);
  EXPECT_EQ(progress.bytes_read(), (sizeof(kGame) - 1) / 2);
}

TEST_F(WorkerLoopTest, UnitOfARunThatIsOverIsLeftAlone) {
  server_.SetRunId("first");
  server_.AddUnit({kGame});
  // The heartbeat finds a server that was reset.
  server_.OnFetch([this] {
    server_.SetRunId("second");
    server_.FailNext("Heartbeat", StatusCode::NOT_FOUND);
    server_.AwaitHeartbeats(2);
  });
  ASSERT_TRUE(RunWithSpool().ok());
  EXPECT_EQ(server_.Calls("RegisterWorker"), 2);
  EXPECT_TRUE(server_.Commits().empty());
  EXPECT_EQ(server_.Calls("UploadShard"), 0);
}

TEST_F(WorkerLoopTest, UnknownWorkerRegistersAtTheNextHeartbeat) {
  server_.AddUnit({kGame});
  server_.OnFetch([this] {
    server_.FailNext("Heartbeat", StatusCode::NOT_FOUND);
    server_.AwaitHeartbeats(2);
  });
  ASSERT_TRUE(RunWorker().ok());
  EXPECT_EQ(server_.Calls("RegisterWorker"), 2);
  EXPECT_EQ(server_.Commits().size(), 1u);
}

TEST_F(WorkerLoopTest, OutageIsSaidInTheLogOnceForAllCalls) {
  const auto sink = std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(100);
  spdlog::default_logger()->sinks().push_back(sink);
  const absl::Cleanup remove_sink = [] { spdlog::default_logger()->sinks().pop_back(); };
  server_.AddUnit({kGame});
  for (const char* rpc : {"RegisterWorker", "LeaseUnit", "FetchSources", "CommitUnit"}) {
    server_.FailNext(rpc, StatusCode::UNAVAILABLE);
  }
  ASSERT_TRUE(RunWorker().ok());
  const std::vector<std::string> lines = sink->last_formatted();
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                          [this](const std::string& line) {
                            return absl::StrContains(
                                line, absl::StrCat("waiting for server ", server_.address(),
                                                   " (registering): injected"));
                          }),
            1);
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                          [](const std::string& line) {
                            return absl::StrContains(line, "waiting for server");
                          }),
            1);
}

TEST_F(WorkerLoopTest, SummaryIsLoggedWhileUnitsAreDone) {
  const auto sink = std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(100);
  spdlog::default_logger()->sinks().push_back(sink);
  const absl::Cleanup remove_sink = [] { spdlog::default_logger()->sinks().pop_back(); };
  options_.summary_interval = absl::ZeroDuration();
  server_.AddUnit({kGame});
  server_.OnFetch([this] { server_.AwaitHeartbeats(3); });
  ASSERT_TRUE(RunWorker().ok());
  const std::vector<std::string> lines = sink->last_formatted();
  EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
    return absl::StrContains(line, "0 units, 0 games done") &&
           absl::StrContains(line, "1 units at work");
  }));
}

}  // namespace
}  // namespace moyo::worker
