// What the log says while a server is away.
#include "worker/loop/wait_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "tests/support/fake_clock.h"

namespace moyo::worker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(WaitLogTest, FirstFailureIsSaidAndThenOneAMinute) {
  const auto sink = std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(100);
  spdlog::default_logger()->sinks().push_back(sink);
  const absl::Cleanup remove_sink = [] { spdlog::default_logger()->sinks().pop_back(); };
  test::FakeClock clock;
  WaitLog log("192.0.2.7:5", clock);
  const rpc::OnWait connecting = log.While("connecting");
  connecting(absl::UnavailableError("Connection refused"));
  log.While("registering")(absl::UnavailableError("of another slot"));
  clock.Advance(absl::Seconds(59));
  connecting(absl::UnavailableError("too soon"));
  clock.Advance(absl::Seconds(1));
  connecting(absl::UnavailableError("No route to host"));
  connecting(absl::UnavailableError("too soon"));
  EXPECT_THAT(
      sink->last_formatted(),
      ElementsAre(HasSubstr("waiting for server 192.0.2.7:5 (connecting): Connection refused"),
                  HasSubstr("No route to host")));
}

}  // namespace
}  // namespace moyo::worker
