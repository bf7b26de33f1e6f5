#include "common/base/host.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"

namespace moyo {

int AvailableCpus() {
  cpu_set_t cpus;
  return sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? CPU_COUNT(&cpus) : 1;
}

std::string HostAndPid(const std::string& fallback) {
  char host[256] = "";
  gethostname(host, sizeof(host) - 1);
  return absl::StrCat(*host == '\0' ? fallback : host, "-", getpid());
}

void RaiseOpenFileLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace moyo
