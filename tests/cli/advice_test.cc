#include "cli/advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace moyo::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

void AddWorker(v1::GetStatusResponse& status, const std::string& name, double games_per_second,
               uint32_t leases = 1) {
  v1::WorkerStatus* worker = status.add_workers();
  worker->set_name(name);
  worker->set_parallel(1);
  worker->set_leases(leases);
  worker->set_games_per_second(games_per_second);
}

// 3 busy workers, 300 games/s, 100 s of work in many units.
v1::GetStatusResponse Parsing() {
  v1::GetStatusResponse status;
  status.mutable_ledger()->set_found(60'000);
  status.mutable_ledger()->set_pending(30'000);
  status.mutable_units()->set_pending(57);
  status.mutable_units()->set_leased(3);
  status.set_games_per_second(300);
  for (const char* name : {"a", "b", "c"}) AddWorker(status, name, 100);
  return status;
}

v1::GetStatusResponse Training() {
  v1::GetStatusResponse status;
  status.set_complete(true);
  status.set_shard_count(60);
  status.mutable_training()->set_samples(1);
  return status;
}

TEST(AdviceTest, TwoMoreThanThreeWorkersShortenParsingByTwoFifths) {
  EXPECT_THAT(Advice(Parsing(), ""),
              ElementsAre("2 more workers like these would shorten parsing by 40%, to 1m 00s"));
}

TEST(AdviceTest, MoreWorkersAreNotAdvisedWhereTheyWouldFindNoUnitOrLittleToDo) {
  v1::GetStatusResponse few_units = Parsing();
  few_units.mutable_units()->set_pending(4);
  EXPECT_THAT(Advice(few_units, ""), IsEmpty());
  v1::GetStatusResponse soon_done = Parsing();
  soon_done.mutable_ledger()->set_pending(3'000);
  EXPECT_THAT(Advice(soon_done, ""), IsEmpty());
  v1::GetStatusResponse at_start = Parsing();
  at_start.set_games_per_second(0);
  EXPECT_THAT(Advice(at_start, ""), IsEmpty());
}

TEST(AdviceTest, AtTheEndIdleSlotsAreNoCallForMoreWorkers) {
  v1::GetStatusResponse status = Parsing();
  status.mutable_units()->set_pending(0);
  AddWorker(status, "d", 0, 0);
  EXPECT_THAT(Advice(status, ""),
              ElementsAre("the last units are being parsed: 1 of 4 slots have none"));
}

TEST(AdviceTest, WithoutWorkersItSaysHowToStartOne) {
  v1::GetStatusResponse status = Parsing();
  status.clear_workers();
  EXPECT_THAT(Advice(status, "10.0.0.1:50051"),
              ElementsAre("no worker is there; start one: moyo-worker --server 10.0.0.1:50051"));
}

TEST(AdviceTest, WhereACodeIsAskedForItSaysWhoPrintsOne) {
  v1::GetStatusResponse status = Parsing();
  status.clear_workers();
  EXPECT_THAT(Advice(status, "10.0.0.1:50051", JoinBy::kCode),
              ElementsAre("no worker is there; start one: moyo-worker --join CODE "
                          "('moyo token add --role worker --run-dir RUN_DIR' on the server's "
                          "machine prints the code)"));
  status = Training();
  status.clear_training();
  EXPECT_THAT(Advice(status, "10.0.0.1:50051", JoinBy::kCode),
              ElementsAre(AllOf(HasSubstr("moyo-trainer --join CODE --run-dir DIR"),
                                HasSubstr("moyo token add --role trainer"))));
}

// The server that answered ends with the question: nobody can join it.
TEST(AdviceTest, WithoutAServerOneComesFirst) {
  v1::GetStatusResponse status = Training();
  status.clear_training();
  EXPECT_THAT(Advice(status, "127.0.0.1:37197", JoinBy::kServerFirst),
              ElementsAre("60 shards ready and no trainer has reported; start one: moyo-server "
                          "--run-dir RUN_DIR --listen 127.0.0.1:50051, and then moyo-trainer "
                          "--server 127.0.0.1:50051 --run-dir DIR"));
}

TEST(AdviceTest, AddressThatStandsForAllIsNoneToDial) {
  v1::GetStatusResponse status = Parsing();
  status.clear_workers();
  for (const char* address : {"0.0.0.0:50051", "[::]:50051"}) {
    EXPECT_THAT(Advice(status, address),
                ElementsAre("no worker is there; start one: moyo-worker --server HOST:50051"));
  }
}

TEST(AdviceTest, SlowAndSilentWorkersAreNamed) {
  v1::GetStatusResponse status = Parsing();
  status.mutable_units()->set_pending(4);
  AddWorker(status, "slow", 40);
  AddWorker(status, "gone", 100);
  status.mutable_workers(4)->set_seconds_since_heartbeat(30);
  EXPECT_THAT(Advice(status, ""),
              ElementsAre("worker 'gone' has not been heard of for 30s",
                          "worker 'slow' is slow: 40 games/s a unit, the median is 100"));
}

TEST(AdviceTest, WorkersWaitForTheTrainerWhenEverythingIsParsed) {
  v1::GetStatusResponse status = Training();
  AddWorker(status, "a", 0, 0);
  EXPECT_THAT(Advice(status, ""), ElementsAre(HasSubstr("workers wait for the trainer")));
  status.mutable_training()->set_finished(true);
  EXPECT_THAT(Advice(status, ""), IsEmpty());
}

TEST(AdviceTest, ShardsWithoutATrainerSayHowToStartOne) {
  v1::GetStatusResponse status = Training();
  status.clear_training();
  EXPECT_THAT(Advice(status, "h:1"),
              ElementsAre("60 shards ready and no trainer has reported; start one: "
                          "moyo-trainer --server h:1 --run-dir DIR"));
}

TEST(AdviceTest, StarvationAndMemoryAreSaidWithTheirNumbers) {
  v1::GetStatusResponse status = Training();
  status.mutable_training()->set_feed_wait_ratio(0.25);
  status.mutable_training()->set_rss_bytes(95);
  status.mutable_training()->set_budget_bytes(100);
  status.set_system_total_bytes(uint64_t{10} << 30);
  status.set_system_available_bytes(uint64_t{512} << 20);
  EXPECT_THAT(Advice(status, ""),
              ElementsAre("the trainer uses 95% of its memory budget",
                          "the server's machine has only 512.0 MiB of memory left",
                          HasSubstr("waits for data 25% of the time")));
}

}  // namespace
}  // namespace moyo::cli
