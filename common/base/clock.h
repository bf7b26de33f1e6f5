// Time as a dependency, so that tests can tick it by hand.
#pragma once

#include "absl/time/time.h"

namespace moyo {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
  // The machine's clock; lives for ever.
  static const Clock& System();
};

}  // namespace moyo
