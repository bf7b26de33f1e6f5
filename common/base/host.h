// The machine and the process, as programs introduce themselves.
#pragma once

#include <string>

namespace moyo {

// CPUs this process may run on (its affinity, as taskset and containers set it); at least 1.
int AvailableCpus();

// "HOST-PID"; `fallback` stands in for a host without a name.
std::string HostAndPid(const std::string& fallback);

}  // namespace moyo
