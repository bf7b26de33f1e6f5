#include "trainer/data/feed.h"

#include <algorithm>
#include <utility>

#include "common/base/clock.h"

namespace moyo::trainer {

Feed::Feed(EpochReader reader, uint64_t first, uint64_t end, size_t batch_size, Share share)
    : reader_(std::move(reader)), next_(first), end_(end), batch_size_(batch_size), share_(share) {
  thread_ = std::thread([this] { Run(); });
}

Feed::~Feed() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  thread_.join();
}

void Feed::Run() {
  while (next_ < end_) {
    Batch batch;
    const size_t count = std::min<uint64_t>(batch_size_, end_ - next_);
    const Share::Part part = share_.Of(count);
    const absl::Status status = reader_.Draw(next_ + part.begin, part.end - part.begin, batch);
    batch.first_index = next_;
    batch.whole_size = count;
    next_ += count;
    absl::MutexLock lock(&mutex_);
    if (!status.ok()) {
      status_ = status;
      break;
    }
    const auto has_room = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return stopped_ || ready_.size() < kAhead;
    };
    mutex_.Await(absl::Condition(&has_room));
    if (stopped_) return;
    ready_.push_back(std::move(batch));
  }
  absl::MutexLock lock(&mutex_);
  finished_ = true;
}

absl::StatusOr<bool> Feed::Next(Batch& batch) {
  const absl::Time begin = Clock::Steady().Now();
  absl::MutexLock lock(&mutex_);
  const auto has_batch = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return finished_ || !ready_.empty();
  };
  mutex_.Await(absl::Condition(&has_batch));
  waited_ += Clock::Steady().Now() - begin;
  if (ready_.empty()) {
    if (!status_.ok()) return status_;
    return false;
  }
  batch = std::move(ready_.front());
  ready_.pop_front();
  return true;
}

}  // namespace moyo::trainer
