// Batches drawn ahead of the training loop by a thread of their own, in order.
#pragma once

#include <cstdint>
#include <deque>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "trainer/data/epoch_reader.h"
#include "trainer/data/share.h"

namespace moyo::trainer {

// Bounded: at most kAhead batches wait. One consumer.
class Feed {
 public:
  static constexpr size_t kAhead = 4;
  // Of batches of `batch_size` from index `first` of the epoch up to `end`, the last one perhaps
  // smaller, what is `share`'s.
  Feed(EpochReader reader, uint64_t first, uint64_t end, size_t batch_size, Share share = {});
  ~Feed();
  // False when all samples were given. An error of the reader, once the batches before it are
  // taken.
  absl::StatusOr<bool> Next(Batch& batch);
  // Time that Next has waited for the thread.
  absl::Duration waited() const { return waited_; }

 private:
  void Run();

  EpochReader reader_;
  uint64_t next_;
  const uint64_t end_;
  const size_t batch_size_;
  const Share share_;
  absl::Duration waited_;
  absl::Mutex mutex_;
  std::deque<Batch> ready_ ABSL_GUARDED_BY(mutex_);
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace moyo::trainer
