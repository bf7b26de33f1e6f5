#include "trainer/model/winograd_kernel_bodies.h"
#include "trainer/model/winograd_kernels_by_processor.h"

namespace moyo::trainer {

const WinogradKernels<float> kWinogradOfAvx512 = kWinograd<float>;

}  // namespace moyo::trainer
