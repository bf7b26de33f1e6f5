// When a unit gets a second lease (unit.h): a backup because its worker is slow, or a check because
// it was chosen for one. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/time/time.h"
#include "server/work/unit.h"

namespace moyo::work {

// How long units took of late, from their lease to their commit. Not thread-safe.
class UnitTimes {
 public:
  void Add(absl::Duration duration);
  // The age from which a lease is a straggler: three times the median, and no less than the policy
  // says. Infinite while too few units were finished to tell.
  absl::Duration StragglerAge(const Policy& policy) const;

 private:
  std::vector<absl::Duration> latest_;  // a ring
  size_t next_ = 0;
};

// The same units in every run, in about `percent` of a hundred.
bool IsChosenForCheck(UnitId unit, uint32_t percent);

// A chosen unit that is finished and waits for its check.
bool AwaitsCheck(const Unit& unit, const Policy& policy);

}  // namespace moyo::work
