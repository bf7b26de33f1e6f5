// A program of its own: a shutdown, once requested, stays.
#include <gtest/gtest.h>

#include "common/base/shutdown.h"
#include "common/rpc/channel.h"

namespace moyo::rpc {
namespace {

TEST(Retry, ShutdownEndsItWithoutAnotherCall) {
  int calls = 0;
  const absl::Status status = Retry(absl::InfiniteDuration(), [&] {
    ++calls;
    RequestShutdown();
    return absl::UnavailableError("down");
  });
  EXPECT_TRUE(absl::IsCancelled(status));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace moyo::rpc
