#include "play/analysis/queue.h"

#include <atomic>
#include <thread>

#include "gtest/gtest.h"

namespace moyo::play {
namespace {

std::shared_ptr<const AnalysisQuery> Query(const std::string& id, std::vector<Turn> turns) {
  AnalysisQuery query;
  query.id = id;
  query.turns = std::move(turns);
  return std::make_shared<const AnalysisQuery>(std::move(query));
}

std::string NextOf(AnalysisQueue& queue) {
  const auto job = queue.Next();
  return job ? job->query->id + std::to_string(job->turn) : "end";
}

TEST(AnalysisQueueTest, HighestPriorityFirstThenTheOldest) {
  AnalysisQueue queue;
  queue.Add(Query("a", {{.number = 0, .priority = 1}, {.number = 5, .priority = 1}}));
  queue.Add(Query("b", {{.number = 1, .priority = 2}}));
  queue.Add(Query("c", {{.number = 2, .priority = 1}, {.number = 3, .priority = -1}}));
  queue.Close();
  for (const char* expected : {"b1", "a0", "a5", "c2", "c3", "end", "end"}) {
    EXPECT_EQ(NextOf(queue), expected);
  }
}

TEST(AnalysisQueueTest, RemovedJobsDoNotCome) {
  AnalysisQueue queue;
  queue.Add(Query("a", {{.number = 0}, {.number = 1}, {.number = 2}}));
  queue.Add(Query("b", {{.number = 0}}));
  const auto removed =
      queue.Remove([](const AnalysisJob& job) { return job.query->id == "a" && job.turn != 1; });
  ASSERT_EQ(removed.size(), 2u);
  EXPECT_EQ(removed[0].turn, 0u);
  EXPECT_EQ(removed[1].turn, 2u);
  queue.Close();
  for (const char* expected : {"a1", "b0", "end"}) EXPECT_EQ(NextOf(queue), expected);
}

TEST(AnalysisQueueTest, AWaitingThreadGetsWhatComesAndThenTheEnd) {
  AnalysisQueue queue;
  std::vector<std::string> seen;
  std::thread taking([&] {
    for (std::string next = NextOf(queue); next != "end"; next = NextOf(queue)) {
      seen.push_back(next);
    }
  });
  for (size_t i = 0; i < 50; ++i) queue.Add(Query("q", {{.number = i}}));
  queue.Close();
  taking.join();
  EXPECT_EQ(seen.size(), 50u);
}

// A reader that is ahead of the network waits for it, and loses nothing.
TEST(AnalysisQueueTest, AFullQueueIsFilledNoFurtherUntilAJobIsTaken) {
  AnalysisQueue queue;
  constexpr size_t kMore = 5000;
  std::atomic<size_t> added = 0;
  std::thread adding([&] {
    for (size_t i = 0; i < AnalysisQueue::kMostWaiting + kMore; ++i) {
      queue.Add(Query("q", {{.number = i}}));
      ++added;
    }
    queue.Close();
  });
  while (added < AnalysisQueue::kMostWaiting) std::this_thread::yield();
  size_t taken = 0;
  while (const auto job = queue.Next()) {
    EXPECT_EQ(job->turn, taken++);
    ASSERT_LE(added.load(), AnalysisQueue::kMostWaiting + taken);
  }
  adding.join();
  EXPECT_EQ(taken, AnalysisQueue::kMostWaiting + kMore);
}

}  // namespace
}  // namespace moyo::play
