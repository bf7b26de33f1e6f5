// A process that has no file descriptor left to open a file with.
#pragma once

#include "tests/support/lowered_limit.h"

namespace moyo::test {

// While it lives, every open in this process fails with EMFILE. What is open already stays so.
class NoFreeDescriptor {
 private:
  LoweredLimit limit_{RLIMIT_NOFILE, 0};
};

}  // namespace moyo::test
