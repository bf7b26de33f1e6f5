#include "cli/status_poller.h"

#include <gtest/gtest.h>

#include "tests/cli/fake_server.h"
#include "tests/support/status_sample.h"
#include "tests/support/temp_folder.h"

namespace moyo::cli {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(1);

// Polls until the latest is as wanted; the poller itself sets the pace.
template <typename Wanted>
bool Await(const StatusPoller& poller, Wanted wanted) {
  const absl::Time deadline = absl::Now() + absl::Seconds(60);
  while (absl::Now() < deadline) {
    if (wanted(poller.latest())) return true;
  }
  return false;
}

TEST(StatusPollerTest, TheFirstAnswerIsThereAndLaterOnesFollow) {
  FakeServer server;
  server.admin.status = SampleStatus();
  server.admin.before_status = [](v1::GetStatusResponse& status) {
    status.set_sources(status.sources() + 1);
  };
  const auto poller = StatusPoller::Start({.flags = {.server = server.address()}}, kPause);
  ASSERT_TRUE(poller.ok()) << poller.status();
  const StatusPoller::Latest first = (*poller)->latest();
  EXPECT_EQ(first.address, server.address());
  EXPECT_GT(first.status.sources(), SampleStatus().sources());
  EXPECT_TRUE(Await(**poller, [&](const StatusPoller::Latest& latest) {
    return latest.status.sources() > first.status.sources();
  }));
}

TEST(StatusPollerTest, ALostServerLeavesItsLastStateAndAnError) {
  auto server = std::make_unique<FakeServer>();
  server->admin.status = SampleStatus();
  const auto poller = StatusPoller::Start({.flags = {.server = server->address()}}, kPause);
  ASSERT_TRUE(poller.ok()) << poller.status();
  server = nullptr;
  ASSERT_TRUE(
      Await(**poller, [](const StatusPoller::Latest& latest) { return !latest.error.empty(); }));
  EXPECT_EQ((*poller)->latest().status.sources(), SampleStatus().sources());
}

TEST(StatusPollerTest, WithoutAServerAtTheStartItFails) {
  const auto poller = StatusPoller::Start({.flags = {.server = "127.0.0.1:1"}}, kPause);
  EXPECT_TRUE(absl::IsUnavailable(poller.status())) << poller.status();
}

TEST(StatusPollerTest, WithoutAServerOnTheRunDirectoryItSaysHowToAskOnce) {
  const test::TempFolder folder;
  folder.Write("version", "moyo-run 1\n");
  const auto poller = StatusPoller::Start({.run_dir = folder.path()}, kPause);
  EXPECT_TRUE(absl::IsUnavailable(poller.status())) << poller.status();
  EXPECT_NE(poller.status().message().find("no server is running"), std::string::npos);
  EXPECT_NE(poller.status().message().find("without --watch"), std::string::npos);
}

TEST(HealthTest, AServerThatServesSaysSoAndOneThatDoesNotIsRefused) {
  FakeServer server;
  ServerConnection connection(server.address());
  EXPECT_TRUE(connection.CheckHealth().ok());
  server.SetServing(false);
  const absl::Status status = connection.CheckHealth();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_NE(status.message().find("NOT_SERVING"), std::string::npos) << status;
}

}  // namespace
}  // namespace moyo::cli
