#include "trainer/remote/gpu_metrics.h"

#include "common/metrics/family.h"

// CUDA's own header tells a CUDA build: Debian's LibTorch has c10/cuda, too, without what it needs.
#if __has_include(<cuda_runtime_api.h>)
#define MOYO_HAS_CUDA
#include <ATen/detail/CUDAHooksInterface.h>
#include <cuda_runtime_api.h>
#endif

namespace moyo::trainer {

std::optional<GpuMemory> ReadGpuMemory() {
#ifdef MOYO_HAS_CUDA
  const at::CUDAHooksInterface& hooks = at::detail::getCUDAHooks();
  int device = 0;
  if (!hooks.hasCUDA() || cudaGetDevice(&device) != cudaSuccess) return std::nullopt;
  size_t free_bytes = 0;
  size_t total_bytes = 0;
  if (!hooks.hasPrimaryContext(device) ||
      cudaMemGetInfo(&free_bytes, &total_bytes) != cudaSuccess) {
    return std::nullopt;
  }
  return GpuMemory{.used_bytes = total_bytes - free_bytes, .total_bytes = total_bytes};
#else
  return std::nullopt;
#endif
}

std::vector<prometheus::MetricFamily> GpuMetrics::Collect() const {
  const std::optional<GpuMemory> memory = read_();
  if (!memory) return {};
  return {metrics::GaugeFamily("moyo_training_gpu_memory_used_bytes",
                               "GPU memory in use, by everyone on it.", memory->used_bytes),
          metrics::GaugeFamily("moyo_training_gpu_memory_total_bytes", "Memory of the GPU.",
                               memory->total_bytes)};
}

}  // namespace moyo::trainer
