// A flag that threads wait for, once set for ever. Waits by the machine's steady clock: absl::Mutex
// waits until a time of the wall clock, so that one set back an hour makes a second last an hour.
#pragma once

#include <condition_variable>
#include <mutex>

#include "absl/time/time.h"

namespace moyo {

// Thread-safe.
class StopFlag {
 public:
  void Set();
  // True: it is set.
  bool WaitFor(absl::Duration timeout);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_set_ = false;
};

}  // namespace moyo
