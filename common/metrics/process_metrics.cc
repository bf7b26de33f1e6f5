#include "common/metrics/process_metrics.h"

#include <sys/resource.h>
#include <sys/statvfs.h>

#include <utility>

#include "absl/time/clock.h"
#include "common/base/memory.h"
#include "common/base/version.h"
#include "common/metrics/family.h"

namespace moyo::metrics {
namespace {

double Seconds(const timeval& time) { return time.tv_sec + time.tv_usec / 1e6; }

double CpuSeconds() {
  rusage use = {};
  getrusage(RUSAGE_SELF, &use);
  return Seconds(use.ru_utime) + Seconds(use.ru_stime);
}

void AppendDisk(const std::string& folder, std::vector<prometheus::MetricFamily>& families) {
  struct statvfs disk = {};
  if (folder.empty() || statvfs(folder.c_str(), &disk) != 0) return;
  const double block_bytes = disk.f_frsize;
  families.push_back(GaugeFamily("moyo_disk_size_bytes",
                                 "Size of the file system this program writes to.",
                                 disk.f_blocks * block_bytes));
  families.push_back(GaugeFamily("moyo_disk_available_bytes",
                                 "Space there that this program may still fill.",
                                 disk.f_bavail * block_bytes));
}

}  // namespace

ProcessMetrics::ProcessMetrics(std::string program)
    : program_(std::move(program)), start_unix_seconds_(absl::ToUnixMillis(absl::Now()) / 1e3) {}

void ProcessMetrics::WatchDisk(const std::string& folder) {
  absl::MutexLock lock(&mutex_);
  folder_ = folder;
}

std::vector<prometheus::MetricFamily> ProcessMetrics::Collect() const {
  const MemoryUse use = ReadMemoryUse();
  prometheus::MetricFamily build = GaugeFamily("moyo_build_info", "1, labelled with the build.", 1);
  build.metric[0].label = {{"program", program_}, {"version", kReleaseVersion}};
  std::vector<prometheus::MetricFamily> families = {
      std::move(build),
      GaugeFamily("process_start_time_seconds", "Unix time at which this process began.",
                  start_unix_seconds_),
      CounterFamily("process_cpu_seconds_total", "CPU time of this process.", CpuSeconds()),
      GaugeFamily("process_resident_memory_bytes", "Resident memory of this process.",
                  use.rss_bytes),
      GaugeFamily("process_virtual_memory_bytes", "Virtual memory of this process.", use.vms_bytes),
      GaugeFamily("moyo_peak_resident_memory_bytes", "Most resident memory so far.",
                  use.peak_rss_bytes),
      GaugeFamily("moyo_system_memory_total_bytes",
                  "Memory of the machine, or the container's limit where it is lower.",
                  use.system_total_bytes),
      GaugeFamily("moyo_system_memory_available_bytes", "Memory that is still to be had.",
                  use.system_available_bytes)};
  absl::MutexLock lock(&mutex_);
  AppendDisk(folder_, families);
  return families;
}

}  // namespace moyo::metrics
