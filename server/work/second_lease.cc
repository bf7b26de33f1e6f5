#include "server/work/second_lease.h"

#include <algorithm>

namespace moyo::work {
namespace {

constexpr size_t kLatest = 64;
constexpr size_t kFewest = 3;
constexpr int kSlower = 3;  // a machine under load is twice as slow as its peers, and no straggler

}  // namespace

void UnitTimes::Add(absl::Duration duration) {
  if (latest_.size() < kLatest) {
    latest_.push_back(duration);
    return;
  }
  latest_[next_] = duration;
  next_ = (next_ + 1) % kLatest;
}

absl::Duration UnitTimes::StragglerAge(const Policy& policy) const {
  if (latest_.size() < kFewest) return absl::InfiniteDuration();
  std::vector<absl::Duration> sorted = latest_;
  const auto median = sorted.begin() + static_cast<ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), median, sorted.end());
  return std::max(kSlower * *median, policy.backup_after);
}

bool IsChosenForCheck(UnitId unit, uint32_t percent) {
  // Neighbouring ids far apart (the multiplier is 2^64 divided by the golden ratio).
  const uint64_t mixed = (unit.value * 0x9E3779B97F4A7C15ull) >> 32;
  return mixed % 100 < percent;
}

bool AwaitsCheck(const Unit& unit, const Policy& policy) {
  return unit.state == UnitState::kDone && unit.check == Check::kNone &&
         unit.second.token.value == 0 && IsChosenForCheck(unit.id, policy.recheck_percent);
}

}  // namespace moyo::work
