// The table that winograd_kernels.cc looks for; it exists on x86-64 alone.
#pragma once

#include "trainer/model/winograd_kernels.h"

namespace moyo::trainer {

extern const WinogradKernels kWinogradOfAvx512Bf16;

}  // namespace moyo::trainer
