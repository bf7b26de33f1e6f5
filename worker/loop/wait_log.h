// Says in the log what the worker waits for while its server is away, full or failing.
#pragma once

#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/rpc/channel.h"

namespace moyo::worker {

// A warning at the first failed try, then one a minute as long as tries fail, whatever they were
// for: all slots together fill no log. Thread-safe.
class WaitLog {
 public:
  // `address`: of the server. The clock must outlive the log.
  explicit WaitLog(std::string address, const Clock& clock = Clock::Steady())
      : address_(std::move(address)), clock_(clock) {}

  // For rpc::Retry; must not outlive the log. `doing`: what is tried ("registering").
  rpc::OnWait While(const char* doing);

 private:
  void Failed(const char* doing, const absl::Status& why);

  const std::string address_;
  const Clock& clock_;
  absl::Mutex mutex_;
  absl::Time next_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace moyo::worker
