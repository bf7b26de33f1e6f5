// A program of its own: a shutdown, once requested, stays.
#include <gtest/gtest.h>

#include "absl/synchronization/notification.h"
#include "common/base/shutdown.h"
#include "tests/worker/loop/fake_server.h"
#include "worker/loop/worker_loop.h"

namespace moyo::worker {
namespace {

TEST(WorkerHungServer, FetchThatHangsIsLeftAndTheUnitGivenBack) {
  FakeServer server;
  server.AddUnit({"(;SZ[19];B[pd];W[dp];B[pp])"});
  absl::Notification worker_left;
  server.OnFetch([&] {
    RequestShutdown();
    worker_left.WaitForNotification();
  });
  WorkerOptions options;
  options.server = server.address();
  options.name = "test";
  const auto endpoint = metrics::Endpoint::Open("", "test");
  EXPECT_TRUE(WorkerLoop(options, **endpoint).Run().ok());
  worker_left.Notify();
  EXPECT_TRUE(server.Commits().empty());
  ASSERT_EQ(server.Releases().size(), 1u);
  EXPECT_FALSE(server.Releases()[0].failed());
}

}  // namespace
}  // namespace moyo::worker
