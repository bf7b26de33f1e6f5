// What every program shows of itself: build, memory, CPU, disk.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace moyo::metrics {

// Read at each scrape, so that nothing has to keep it up to date. Thread-safe. Names as other
// exporters have them (https://prometheus.io/docs/instrumenting/writing_clientlibs/, "Process
// metrics"), moyo_ for our own.
class ProcessMetrics final : public prometheus::Collectable {
 public:
  explicit ProcessMetrics(std::string program);

  void WatchDisk(const std::string& folder);
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const std::string program_;
  const double start_unix_seconds_;
  mutable absl::Mutex mutex_;
  std::string folder_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace moyo::metrics
