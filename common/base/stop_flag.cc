#include "common/base/stop_flag.h"

#include <algorithm>

namespace moyo {
namespace {

constexpr absl::Duration kLongest = absl::Hours(24 * 365);  // more would overflow the clock's count

}  // namespace

void StopFlag::Set() {
  const std::lock_guard<std::mutex> lock(mutex_);
  is_set_ = true;
  changed_.notify_all();
}

bool StopFlag::WaitFor(absl::Duration timeout) {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, absl::ToChronoNanoseconds(std::min(timeout, kLongest)),
                           [this] { return is_set_; });
}

}  // namespace moyo
