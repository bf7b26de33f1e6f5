// A process that may have less of something than it could.
#pragma once

#include <sys/resource.h>

namespace moyo::test {

// While it lives, the soft limit of `resource` (RLIMIT_...) is `most`; then it is as before.
class LoweredLimit {
 public:
  LoweredLimit(int resource, rlim_t most) : resource_(resource) {
    getrlimit(resource_, &before_);
    rlimit lowered = before_;
    lowered.rlim_cur = most;
    setrlimit(resource_, &lowered);
  }
  ~LoweredLimit() { setrlimit(resource_, &before_); }
  LoweredLimit(const LoweredLimit&) = delete;
  LoweredLimit& operator=(const LoweredLimit&) = delete;

 private:
  const int resource_;
  rlimit before_ = {};
};

}  // namespace moyo::test
