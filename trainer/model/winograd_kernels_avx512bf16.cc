#include "trainer/model/winograd_kernel_bodies.h"
#include "trainer/model/winograd_kernels_by_processor.h"

namespace moyo::trainer {

const WinogradKernels<Bf16> kWinogradOfAvx512Bf16 = kWinograd<Bf16>;

}  // namespace moyo::trainer
