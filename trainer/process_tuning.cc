#include "trainer/process_tuning.h"

#include <malloc.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>

namespace moyo::trainer {

void TuneAllocator() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  mallopt(M_TOP_PAD, 64 << 20);
  mallopt(M_ARENA_MAX, 1);
}

void LimitSpinning(char** argv) {
  if (std::getenv("GOMP_SPINCOUNT") != nullptr || std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  // Long enough to cost nothing on idle cores (1,000 rounds cost a tenth there), short enough to
  // leave busy ones to others.
  setenv("GOMP_SPINCOUNT", "20000", 1);
  execv("/proc/self/exe", argv);
  // Without /proc it goes on as it is.
}

}  // namespace moyo::trainer
