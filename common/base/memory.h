// Memory of this process and of the machine, from /proc and the cgroup (v1 and v2).
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"

namespace moyo {

struct MemoryUse {
  uint64_t rss_bytes = 0;
  uint64_t peak_rss_bytes = 0;
  uint64_t vms_bytes = 0;
  uint64_t system_total_bytes = 0;  // the cgroup's limit where it is lower
  uint64_t system_available_bytes = 0;
};

// Zeros where the kernel does not tell.
MemoryUse ReadMemoryUse();

// "10GiB", "512MB", "1048576". INVALID_ARGUMENT names the text and the forms.
absl::StatusOr<uint64_t> ParseBytes(std::string_view text);

}  // namespace moyo
