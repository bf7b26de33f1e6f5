#include "common/base/stop_flag.h"

#include <gtest/gtest.h>

#include <thread>

#include "absl/time/clock.h"
#include "common/base/clock.h"

namespace moyo {
namespace {

TEST(StopFlagTest, SetEndsEveryWait) {
  StopFlag flag;
  std::thread waiter([&] { EXPECT_TRUE(flag.WaitFor(absl::InfiniteDuration())); });
  flag.Set();
  waiter.join();
  EXPECT_TRUE(flag.WaitFor(absl::ZeroDuration()));
}

TEST(StopFlagTest, TimeoutEndsAWait) {
  StopFlag flag;
  EXPECT_FALSE(flag.WaitFor(absl::Milliseconds(1)));
  EXPECT_FALSE(flag.WaitFor(-absl::Seconds(1)));
}

TEST(ClockTest, SteadyClockNeverFallsAndBeginsWithTheWallClock) {
  const Clock& clock = Clock::Steady();
  absl::Time last = clock.Now();
  EXPECT_LT(absl::AbsDuration(absl::Now() - last), absl::Hours(1));
  for (int i = 0; i < 1000; ++i) {
    const absl::Time now = clock.Now();
    ASSERT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace moyo
