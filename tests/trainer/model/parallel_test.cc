#include "trainer/model/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace moyo::trainer {
namespace {

class ForRangesTest : public testing::Test {
 protected:
  void SetUp() override { at::set_num_threads(3); }
  void TearDown() override { at::set_num_threads(before_); }
  const int before_ = at::get_num_threads();
};

TEST_F(ForRangesTest, RangesCoverEachNumberOnce) {
  for (const int64_t count : {0, 1, 2, 3, 4, 100, 1001}) {
    std::vector<std::atomic<int>> seen(count);
    ForRanges(count, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) ++seen[i];
    });
    for (const auto& times : seen) EXPECT_EQ(times, 1) << count;
  }
}

// Each waits for the two others: on fewer threads it would never end.
TEST_F(ForRangesTest, RangesRunAtTheSameTime) {
  std::barrier together(3);
  std::mutex mutex;
  std::set<std::thread::id> threads;
  ForRanges(3, 1, [&](int64_t, int64_t) {
    together.arrive_and_wait();
    const std::lock_guard<std::mutex> lock(mutex);
    threads.insert(std::this_thread::get_id());
  });
  EXPECT_EQ(threads.size(), 3u);
}

TEST_F(ForRangesTest, SmallWorkStaysOnFewThreads) {
  std::atomic<int> ranges = 0;
  const auto count_range = [&](int64_t, int64_t) { ++ranges; };
  ForRanges(31, 16, count_range);
  EXPECT_EQ(ranges, 1);
  ForRanges(32, 16, count_range);
  EXPECT_EQ(ranges, 1 + 2);
}

TEST_F(ForRangesTest, LoopsWithinLoopsDoNotMultiplyThreads) {
  std::atomic<int> ranges = 0;
  ForRanges(3, 1,
            [&](int64_t, int64_t) { ForRanges(100, 1, [&](int64_t, int64_t) { ++ranges; }); });
  EXPECT_EQ(ranges, 3);
}

TEST_F(ForRangesTest, AnExceptionIsThrownOn) {
  EXPECT_THROW(ForRanges(3, 1,
                         [](int64_t begin, int64_t) {
                           if (begin == 1) throw std::runtime_error("here");
                         }),
               std::runtime_error);
}

}  // namespace
}  // namespace moyo::trainer
