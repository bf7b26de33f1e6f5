#include "common/base/memory.h"

#include <algorithm>
#include <fstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace moyo {
namespace {

// The value in bytes of a "Name:   123 kB" line.
void ReadKilobytes(const std::string& line, std::string_view name, uint64_t& bytes) {
  if (line.rfind(std::string(name) + ":", 0) != 0) return;
  bytes = std::strtoull(line.c_str() + name.size() + 1, nullptr, 10) * 1024;
}

uint64_t ReadNumber(const char* path) {
  std::ifstream file(path);
  uint64_t value = 0;
  return file >> value ? value : 0;
}

void ApplyCgroup(MemoryUse& use) {
  uint64_t limit = ReadNumber("/sys/fs/cgroup/memory.max");
  uint64_t used = ReadNumber("/sys/fs/cgroup/memory.current");
  if (limit == 0) {
    limit = ReadNumber("/sys/fs/cgroup/memory/memory.limit_in_bytes");
    used = ReadNumber("/sys/fs/cgroup/memory/memory.usage_in_bytes");
  }
  if (limit == 0 || limit >= use.system_total_bytes) return;
  use.system_total_bytes = limit;
  use.system_available_bytes = std::min(use.system_available_bytes, limit - std::min(limit, used));
}

}  // namespace

MemoryUse ReadMemoryUse() {
  MemoryUse use;
  std::string line;
  for (std::ifstream file("/proc/self/status"); std::getline(file, line);) {
    ReadKilobytes(line, "VmRSS", use.rss_bytes);
    ReadKilobytes(line, "VmHWM", use.peak_rss_bytes);
    ReadKilobytes(line, "VmSize", use.vms_bytes);
  }
  for (std::ifstream file("/proc/meminfo"); std::getline(file, line);) {
    ReadKilobytes(line, "MemTotal", use.system_total_bytes);
    ReadKilobytes(line, "MemAvailable", use.system_available_bytes);
  }
  ApplyCgroup(use);
  return use;
}

absl::StatusOr<uint64_t> ParseBytes(std::string_view text) {
  static constexpr struct {
    const char* suffix;
    double factor;
  } kUnits[] = {{"KiB", 1024.0}, {"MiB", 1048576.0}, {"GiB", 1073741824.0}, {"TiB", 1099511627776},
                {"KB", 1e3},     {"MB", 1e6},        {"GB", 1e9},           {"TB", 1e12},
                {"B", 1.0}};
  absl::string_view number(text.data(), text.size());
  double factor = 1;
  for (const auto& unit : kUnits) {
    if (absl::EndsWithIgnoreCase(number, unit.suffix)) {
      number.remove_suffix(std::string_view(unit.suffix).size());
      factor = unit.factor;
      break;
    }
  }
  double value = 0;
  if (!absl::SimpleAtod(number, &value) || !(value >= 0) || value * factor > 1e18) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", std::string(text), "' is not a size; write it as 10GiB, 512MB or 1048576"));
  }
  return static_cast<uint64_t>(value * factor);
}

}  // namespace moyo
