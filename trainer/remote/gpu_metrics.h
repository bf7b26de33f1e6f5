// Memory of the GPU on /metrics.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace moyo::trainer {

struct GpuMemory {
  uint64_t used_bytes = 0;  // by everyone on this GPU
  uint64_t total_bytes = 0;
};

// Of the GPU that this process uses, by CUDA. Empty in a build whose LibTorch has no CUDA, and
// while the process uses no GPU: asking would take some of its memory.
std::optional<GpuMemory> ReadGpuMemory();

// Reads at each scrape; shows nothing where there is nothing to read. Thread-safe.
class GpuMetrics final : public prometheus::Collectable {
 public:
  using Read = std::function<std::optional<GpuMemory>()>;

  explicit GpuMetrics(Read read = ReadGpuMemory) : read_(std::move(read)) {}
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const Read read_;
};

}  // namespace moyo::trainer
