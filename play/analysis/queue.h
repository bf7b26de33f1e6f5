// Positions that wait for the network: the highest priority first, then the oldest.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "play/analysis/query.h"

namespace moyo::play {

// One position: a turn of a query.
struct AnalysisJob {
  std::shared_ptr<const AnalysisQuery> query;
  size_t turn = 0;  // moves played before it
};

// Thread-safe.
class AnalysisQueue {
 public:
  // Past this many jobs Add waits, so that a file of queries is read as fast as it is answered.
  static constexpr size_t kMostWaiting = 10'000;

  // The turns of a query, all at once.
  void Add(std::shared_ptr<const AnalysisQuery> query);
  // Takes out the waiting jobs that `matches` names, in the order of their turns.
  std::vector<AnalysisJob> Remove(const std::function<bool(const AnalysisJob&)>& matches);
  // Waits for a job; nothing once the queue is closed and empty.
  std::optional<AnalysisJob> Next();
  // No more jobs will be added.
  void Close();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  // By falling priority and rising arrival.
  std::map<std::pair<int64_t, uint64_t>, AnalysisJob> jobs_;
  uint64_t arrivals_ = 0;
  bool closed_ = false;
};

}  // namespace moyo::play
