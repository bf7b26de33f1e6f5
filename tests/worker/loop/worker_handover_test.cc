// A program of its own: a shutdown, once requested, stays.
#include <gtest/gtest.h>

#include "common/base/shutdown.h"
#include "tests/worker/loop/fake_server.h"
#include "worker/loop/worker_loop.h"

namespace moyo::worker {
namespace {

TEST(WorkerShutdown, FinishedUnitThatIsNowhereKeptIsGivenBack) {
  FakeServer server;
  server.AddUnit({"(;SZ[19];B[pd];W[dp];B[pp])"});
  server.OnUpload([] { RequestShutdown(); });
  WorkerOptions options;
  options.server = server.address();
  options.name = "test";
  const auto endpoint = metrics::Endpoint::Open("", "test");
  EXPECT_TRUE(WorkerLoop(options, **endpoint).Run().ok());
  EXPECT_TRUE(server.Commits().empty());
  ASSERT_EQ(server.Releases().size(), 1u);
  EXPECT_FALSE(server.Releases()[0].failed());
}

}  // namespace
}  // namespace moyo::worker
