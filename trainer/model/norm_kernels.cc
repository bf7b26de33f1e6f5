#include "trainer/model/norm_kernels.h"

#include <string_view>
#include <type_traits>

#include "trainer/model/norm_kernels_by_processor.h"
#include "trainer/model/processor.h"

namespace moyo::trainer {
namespace {

template <typename T>
const NormKernels<T>& Of(const NormKernels<float>& of_float, const NormKernels<Bf16>& of_bf16) {
  if constexpr (std::is_same_v<T, float>) {
    return of_float;
  } else {
    return of_bf16;
  }
}

template <typename T>
const NormKernels<T>& Choose() {
  for (const char* name : {"avx512", "avx2"}) {
    if (const NormKernels<T>* kernels = KernelsOf<T>(name)) return *kernels;
  }
  return *KernelsOf<T>("portable");
}

}  // namespace

template <typename T>
const NormKernels<T>* KernelsOf(std::string_view name) {
  if (name == "portable") return &Of<T>(kPortableOfFloat, kPortableOfBf16);
#if defined(__x86_64__)
  if (name == "avx512" && HasAvx512()) return &Of<T>(kAvx512OfFloat, kAvx512OfBf16);
  if (name == "avx2" && HasAvx2()) return &Of<T>(kAvx2OfFloat, kAvx2OfBf16);
#endif
  return nullptr;
}

template <typename T>
const NormKernels<T>& Kernels() {
  static const NormKernels<T>& kernels = Choose<T>();
  return kernels;
}

template const NormKernels<float>* KernelsOf<float>(std::string_view);
template const NormKernels<Bf16>* KernelsOf<Bf16>(std::string_view);
template const NormKernels<float>& Kernels<float>();
template const NormKernels<Bf16>& Kernels<Bf16>();

}  // namespace moyo::trainer
