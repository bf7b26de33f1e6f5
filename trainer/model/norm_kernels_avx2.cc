#include "trainer/model/norm_kernel_bodies.h"
#include "trainer/model/norm_kernels_by_processor.h"

namespace moyo::trainer {

const NormKernels<float> kAvx2OfFloat = kKernels<float>;
const NormKernels<Bf16> kAvx2OfBf16 = kKernels<Bf16>;

}  // namespace moyo::trainer
