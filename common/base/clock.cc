#include "common/base/clock.h"

#include <chrono>

#include "absl/time/clock.h"

namespace moyo {
namespace {

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

class SteadyClock final : public Clock {
 public:
  absl::Time Now() const override {
    return begun_ + absl::FromChrono(std::chrono::steady_clock::now() - steady_begun_);
  }

 private:
  const absl::Time begun_ = absl::Now();
  const std::chrono::steady_clock::time_point steady_begun_ = std::chrono::steady_clock::now();
};

}  // namespace

const Clock& Clock::System() {
  static const SystemClock* const clock = new SystemClock();
  return *clock;
}

const Clock& Clock::Steady() {
  static const SteadyClock* const clock = new SteadyClock();
  return *clock;
}

}  // namespace moyo
