// A program of its own: a shutdown, once requested, stays. So the order of the tests counts.
#include <gtest/gtest.h>

#include "common/base/shutdown.h"
#include "tests/worker/loop/fake_server.h"
#include "worker/loop/worker_loop.h"

namespace moyo::worker {
namespace {

absl::Status RunWorker(const FakeServer& server) {
  const auto endpoint = metrics::Endpoint::Open("", "test");
  WorkerOptions options;
  options.server = server.address();
  options.name = "test";
  return WorkerLoop(options, **endpoint).Run();
}

TEST(WorkerShutdown, UnfinishedUnitIsGivenBackWithoutAFailure) {
  FakeServer server;
  server.AddUnit({"(;SZ[19];B[pd];W[dp];B[pp])", "(;SZ[19];B[pd];W[dp])"});
  server.OnFetch([] { RequestShutdown(); });
  EXPECT_TRUE(RunWorker(server).ok());
  ASSERT_EQ(server.Releases().size(), 1u);
  EXPECT_FALSE(server.Releases()[0].failed());
  EXPECT_TRUE(server.Commits().empty());
}

TEST(WorkerShutdown, BeforeRegistrationIsNotAnError) {
  ASSERT_TRUE(ShutdownRequested());
  FakeServer server;
  EXPECT_TRUE(RunWorker(server).ok());
  EXPECT_EQ(server.Calls("LeaseUnit"), 0);
}

}  // namespace
}  // namespace moyo::worker
