#include "play/analysis/queue.h"

namespace moyo::play {

void AnalysisQueue::Add(std::shared_ptr<const AnalysisQuery> query) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return jobs_.size() < kMostWaiting; });
  for (const Turn& turn : query->turns) {
    jobs_.emplace(std::make_pair(-turn.priority, arrivals_++),
                  AnalysisJob{.query = query, .turn = turn.number});
  }
  changed_.notify_all();
}

std::vector<AnalysisJob> AnalysisQueue::Remove(
    const std::function<bool(const AnalysisJob&)>& matches) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<AnalysisJob> removed;
  for (auto job = jobs_.begin(); job != jobs_.end();) {
    if (matches(job->second)) {
      removed.push_back(std::move(job->second));
      job = jobs_.erase(job);
    } else {
      ++job;
    }
  }
  return removed;
}

std::optional<AnalysisJob> AnalysisQueue::Next() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return closed_ || !jobs_.empty(); });
  if (jobs_.empty()) return std::nullopt;
  AnalysisJob job = std::move(jobs_.begin()->second);
  jobs_.erase(jobs_.begin());
  changed_.notify_all();
  return job;
}

void AnalysisQueue::Close() {
  const std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

}  // namespace moyo::play
