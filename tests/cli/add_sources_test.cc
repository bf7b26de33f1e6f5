// A program of its own: a shutdown, once requested, stays. So the order of the tests counts.
#include "cli/add_sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/synchronization/notification.h"
#include "common/base/shutdown.h"
#include "tests/cli/fake_server.h"

namespace moyo::cli {
namespace {

using ::testing::HasSubstr;

TEST(AddSourcesTest, EndOfTheScanIsItsAnswer) {
  FakeServer fake;
  fake.admin.scanned_games = 7;
  ServerConnection server(fake.address());
  const auto added = AddSources(server, v1::AddSourcesRequest(), absl::Minutes(1));
  ASSERT_TRUE(added.ok()) << added.status();
  EXPECT_EQ(added->games(), 7u);
}

TEST(AddSourcesTest, ScanThatLastsLongerIsSaidToGoOn) {
  absl::Notification told;
  FakeServer fake;  // goes first: its handlers wait
  fake.admin.during_scan = [&](grpc::ServerContext&) { told.WaitForNotification(); };
  ServerConnection server(fake.address());
  const absl::Status status =
      AddSources(server, v1::AddSourcesRequest(), absl::Milliseconds(50)).status();
  told.Notify();
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("the scan goes on at server " + fake.address()));
}

TEST(AddSourcesTest, SignalEndsTheWaitingAtOnce) {
  absl::Notification told;
  FakeServer fake;  // goes first: its handlers wait
  fake.admin.during_scan = [&](grpc::ServerContext&) {
    RequestShutdown();
    told.WaitForNotification();
  };
  ServerConnection server(fake.address());
  const absl::Status status = AddSources(server, v1::AddSourcesRequest(), absl::Hours(1)).status();
  told.Notify();
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("the scan goes on at server " + fake.address()));
}

}  // namespace
}  // namespace moyo::cli
