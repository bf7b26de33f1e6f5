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
  // The machine's clock as it was when first asked, and from then on the time that passed: for
  // deadlines, which must not move when somebody sets the clock. Lives for ever.
  static const Clock& Steady();
};

}  // namespace moyo
