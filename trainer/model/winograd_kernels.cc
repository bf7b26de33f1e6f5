#include "trainer/model/winograd_kernels.h"

#if defined(__x86_64__)
#include <cpuid.h>

#include "trainer/model/winograd_kernels_by_processor.h"
#endif

namespace moyo::trainer {

const WinogradKernels* WinogradKernelsHere() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw")) {
    return &kWinogradOfAvx512Bf16;
  }
#endif
  return nullptr;
}

bool MultipliesMatrices() {
#if defined(__x86_64__)
  // Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2A, CPUID, leaf 7:
  // bit 22 of EDX is AMX-BF16.
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (edx & (1u << 22)) != 0;
#else
  return false;
#endif
}

}  // namespace moyo::trainer
