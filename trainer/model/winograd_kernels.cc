#include "trainer/model/winograd_kernels.h"

#include "trainer/model/processor.h"
#include "trainer/model/winograd_kernels_by_processor.h"

namespace moyo::trainer {

#if defined(__x86_64__)

template <>
const WinogradKernels<Bf16>* WinogradKernelsOf<Bf16>(std::string_view name) {
  return name == "avx512bf16" && HasAvx512Bf16() ? &kWinogradOfAvx512Bf16 : nullptr;
}

template <>
const WinogradKernels<float>* WinogradKernelsOf<float>(std::string_view name) {
  if (name == "avx512" && HasAvx512()) return &kWinogradOfAvx512;
  if (name == "avx2" && HasAvx2()) return &kWinogradOfAvx2;
  return nullptr;
}

#else

template <typename T>
const WinogradKernels<T>* WinogradKernelsOf(std::string_view) {
  return nullptr;
}

template const WinogradKernels<float>* WinogradKernelsOf<float>(std::string_view);
template const WinogradKernels<Bf16>* WinogradKernelsOf<Bf16>(std::string_view);

#endif

template <typename T>
const WinogradKernels<T>* WinogradKernelsHere() {
  static const WinogradKernels<T>* const kernels = []() -> const WinogradKernels<T>* {
    for (const char* name : {"avx512bf16", "avx512", "avx2"}) {
      if (const WinogradKernels<T>* found = WinogradKernelsOf<T>(name)) return found;
    }
    return nullptr;
  }();
  return kernels;
}

template const WinogradKernels<float>* WinogradKernelsHere<float>();
template const WinogradKernels<Bf16>* WinogradKernelsHere<Bf16>();

}  // namespace moyo::trainer
