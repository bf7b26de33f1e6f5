// A bfloat16 in memory.
#pragma once

#include <cstdint>

namespace moyo::trainer {

struct Bf16 {
  uint16_t bits;
};

}  // namespace moyo::trainer
