#include "common/metrics/exposer.h"

#include <prometheus/exposer.h>
#include <prometheus/gauge.h>

#include <exception>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/memory.h"
#include "common/base/version.h"

namespace moyo::metrics {
namespace {

prometheus::MetricFamily GaugeFamily(const char* name, const char* help, double value) {
  prometheus::ClientMetric metric;
  metric.gauge.value = value;
  return {name, help, prometheus::MetricType::Gauge, {std::move(metric)}};
}

// Read at each scrape, so that nothing has to keep them up to date.
class ProcessMetrics final : public prometheus::Collectable {
 public:
  explicit ProcessMetrics(std::string program) : program_(std::move(program)) {}

  std::vector<prometheus::MetricFamily> Collect() const override {
    const MemoryUse use = ReadMemoryUse();
    prometheus::MetricFamily build =
        GaugeFamily("moyo_build_info", "1, labelled with the build.", 1);
    build.metric[0].label = {{"program", program_}, {"version", kReleaseVersion}};
    return {build,
            GaugeFamily("process_resident_memory_bytes", "Resident memory of this process.",
                        use.rss_bytes),
            GaugeFamily("process_virtual_memory_bytes", "Virtual memory of this process.",
                        use.vms_bytes),
            GaugeFamily("moyo_system_memory_total_bytes",
                        "Memory of the machine, or the container's limit where it is lower.",
                        use.system_total_bytes),
            GaugeFamily("moyo_system_memory_available_bytes", "Memory that is still to be had.",
                        use.system_available_bytes)};
  }

 private:
  const std::string program_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Endpoint>> Endpoint::Open(const std::string& address,
                                                         const std::string& program) {
  std::unique_ptr<Endpoint> endpoint(new Endpoint());
  endpoint->registry_ = std::make_shared<prometheus::Registry>();
  endpoint->memory_ = std::make_shared<ProcessMetrics>(program);
  if (address.empty()) return endpoint;
  try {
    endpoint->exposer_ = std::make_unique<prometheus::Exposer>(address, 1);
  } catch (const std::exception& error) {  // civetweb reports a taken port so
    return absl::UnavailableError(absl::StrCat("cannot serve metrics on ", address, ": ",
                                               error.what(), "; choose another --metrics address"));
  }
  endpoint->exposer_->RegisterCollectable(endpoint->registry_);
  endpoint->exposer_->RegisterCollectable(endpoint->memory_);
  return endpoint;
}

Endpoint::~Endpoint() = default;

int Endpoint::port() const {
  if (exposer_ == nullptr) return 0;
  const std::vector<int> ports = exposer_->GetListeningPorts();
  return ports.empty() ? 0 : ports.front();
}

}  // namespace moyo::metrics
