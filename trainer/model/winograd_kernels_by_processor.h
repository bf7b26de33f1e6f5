// The tables that winograd_kernels.cc looks for; they exist on x86-64 alone.
#pragma once

#include "trainer/model/winograd_kernels.h"

namespace moyo::trainer {

extern const WinogradKernels<Bf16> kWinogradOfAvx512Bf16;
extern const WinogradKernels<float> kWinogradOfAvx512, kWinogradOfAvx2;

}  // namespace moyo::trainer
