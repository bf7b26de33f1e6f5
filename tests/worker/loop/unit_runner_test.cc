#include "worker/loop/unit_runner.h"

#include <gtest/gtest.h>

#include "common/rpc/protocol.h"
#include "tests/worker/loop/fake_server.h"

namespace moyo::worker {
namespace {

constexpr char kGame[] = "(;GM[1]SZ[19];B[pd];W[dp];B[pp];W[dd])";

class UnitRunnerTest : public testing::Test {
 protected:
  UnitRunnerTest() : client_(rpc::ServerAccess(server_.address())) {
    EXPECT_TRUE(client_.Connect().ok());
  }

  v1::Lease Lease() {
    v1::RegisterWorkerRequest request;
    request.set_protocol_version(rpc::kProtocolVersion);
    v1::LeaseUnitRequest ask;
    ask.set_worker_id(client_.Register(request)->worker_id());
    return client_.Lease(ask)->lease();
  }

  FakeServer server_;
  CoordinatorClient client_;
  const Registration as_ = {"w", "run", {}};
};

// Or a unit that never gets through would renew its lease for ever.
TEST_F(UnitRunnerTest, RunThatStartsAnewBeginsItsProgressAnew) {
  server_.AddUnit({kGame});
  RunningUnit unit;
  unit.lease = Lease();
  for (int run = 0; run < 2; ++run) {
    const auto finished = RunUnit(client_, as_, LocalFiles::kIgnore, unit);
    ASSERT_TRUE(finished.ok()) << finished.status();
    EXPECT_EQ(unit.games_parsed, 1u);
    EXPECT_EQ(unit.read.bytes_read, sizeof(kGame) - 1);
  }
  unit.lost = true;
  EXPECT_TRUE(absl::IsCancelled(RunUnit(client_, as_, LocalFiles::kIgnore, unit).status()));
  EXPECT_LT(unit.read.bytes_read, sizeof(kGame) - 1);
}

TEST_F(UnitRunnerTest, SourceThatWasNotAskedForIsAnError) {
  server_.AddUnit({kGame, kGame});
  RunningUnit unit;
  unit.lease = Lease();
  server_.SendNext({99});
  EXPECT_TRUE(absl::IsDataLoss(RunUnit(client_, as_, LocalFiles::kIgnore, unit).status()));
}

TEST_F(UnitRunnerTest, StreamThatEndsEarlyIsTriedAgain) {
  server_.AddUnit({kGame, kGame});
  RunningUnit unit;
  unit.lease = Lease();
  server_.SendNext({unit.lease.sources(0).source_id()});
  EXPECT_TRUE(absl::IsUnavailable(RunUnit(client_, as_, LocalFiles::kIgnore, unit).status()));
  const auto finished = RunUnit(client_, as_, LocalFiles::kIgnore, unit);
  ASSERT_TRUE(finished.ok()) << finished.status();
  EXPECT_EQ(finished->commit.rows_size(), 2);
}

}  // namespace
}  // namespace moyo::worker
