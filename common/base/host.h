// The machine and the process, as programs introduce themselves.
#pragma once

#include <string>

namespace moyo {

// CPUs this process may run on (its affinity, as taskset and containers set it); at least 1.
int AvailableCpus();

// "HOST-PID"; `fallback` stands in for a host without a name.
std::string HostAndPid(const std::string& fallback);

// Raises this process's limit of open files to what the system grants it: a server needs one for
// each connection, and the usual 1,024 are few.
void RaiseOpenFileLimit();

}  // namespace moyo
