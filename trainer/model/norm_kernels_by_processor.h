// The tables that norm_kernels.cc chooses from; the first two exist on x86-64 alone.
#pragma once

#include "trainer/model/norm_kernels.h"

namespace moyo::trainer {

extern const NormKernels<float> kAvx512OfFloat, kAvx2OfFloat, kPortableOfFloat;
extern const NormKernels<Bf16> kAvx512OfBf16, kAvx2OfBf16, kPortableOfBf16;

}  // namespace moyo::trainer
