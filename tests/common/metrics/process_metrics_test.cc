#include "common/metrics/process_metrics.h"

#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "tests/support/temp_folder.h"

namespace moyo::metrics {
namespace {

// The first number of a family; -1 when there is none.
double NumberOf(const ProcessMetrics& metrics, const std::string& name) {
  for (const prometheus::MetricFamily& family : metrics.Collect()) {
    if (family.name != name) continue;
    const prometheus::ClientMetric& metric = family.metric.at(0);
    return family.type == prometheus::MetricType::Counter ? metric.counter.value
                                                          : metric.gauge.value;
  }
  return -1;
}

TEST(ProcessMetrics, MemoryIsThisProcesssAndWithinTheSystems) {
  const ProcessMetrics metrics("test");
  const double rss = NumberOf(metrics, "process_resident_memory_bytes");
  EXPECT_GT(rss, 1 << 20);
  EXPECT_GE(NumberOf(metrics, "moyo_peak_resident_memory_bytes"), rss / 2);
  EXPECT_GT(NumberOf(metrics, "process_virtual_memory_bytes"), rss);
  EXPECT_GT(NumberOf(metrics, "moyo_system_memory_total_bytes"), rss);
}

TEST(ProcessMetrics, StartTimeStaysAndCpuTimeRises) {
  const ProcessMetrics metrics("test");
  const double started = NumberOf(metrics, "process_start_time_seconds");
  EXPECT_NEAR(started, absl::ToUnixSeconds(absl::Now()), 60);
  const double before = NumberOf(metrics, "process_cpu_seconds_total");
  while (NumberOf(metrics, "process_cpu_seconds_total") == before) {
  }
  EXPECT_EQ(NumberOf(metrics, "process_start_time_seconds"), started);
}

TEST(ProcessMetrics, DiskIsShownOnlyOfAFolderThatIsThere) {
  test::TempFolder folder;
  ProcessMetrics metrics("test");
  EXPECT_EQ(NumberOf(metrics, "moyo_disk_size_bytes"), -1);
  metrics.WatchDisk(folder.path() + "/gone");
  EXPECT_EQ(NumberOf(metrics, "moyo_disk_size_bytes"), -1);
  metrics.WatchDisk(folder.path());
  EXPECT_GT(NumberOf(metrics, "moyo_disk_available_bytes"), 0);
  EXPECT_GE(NumberOf(metrics, "moyo_disk_size_bytes"),
            NumberOf(metrics, "moyo_disk_available_bytes"));
}

}  // namespace
}  // namespace moyo::metrics
