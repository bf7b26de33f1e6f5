#include "common/metrics/exposer.h"

#include <prometheus/exposer.h>

#include <exception>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/metrics/process_metrics.h"

namespace moyo::metrics {

absl::StatusOr<std::unique_ptr<Endpoint>> Endpoint::Open(const std::string& address,
                                                         const std::string& program) {
  std::unique_ptr<Endpoint> endpoint(new Endpoint());
  endpoint->registry_ = std::make_shared<prometheus::Registry>();
  endpoint->process_ = std::make_shared<ProcessMetrics>(program);
  if (address.empty()) return endpoint;
  try {
    endpoint->exposer_ = std::make_unique<prometheus::Exposer>(address, 1);
  } catch (const std::exception& error) {  // civetweb reports a taken port so
    return absl::UnavailableError(absl::StrCat("cannot serve metrics on ", address, ": ",
                                               error.what(), "; choose another --metrics address"));
  }
  endpoint->exposer_->RegisterCollectable(endpoint->registry_);
  endpoint->exposer_->RegisterCollectable(endpoint->process_);
  return endpoint;
}

Endpoint::~Endpoint() = default;

void Endpoint::WatchDisk(const std::string& folder) { process_->WatchDisk(folder); }

void Endpoint::AddSource(const std::shared_ptr<prometheus::Collectable>& source) {
  if (exposer_ != nullptr) exposer_->RegisterCollectable(source);
}

void Endpoint::RemoveSource(const std::shared_ptr<prometheus::Collectable>& source) {
  if (exposer_ != nullptr) exposer_->RemoveCollectable(source);  // waits for a scrape under way
}

int Endpoint::port() const {
  if (exposer_ == nullptr) return 0;
  const std::vector<int> ports = exposer_->GetListeningPorts();
  return ports.empty() ? 0 : ports.front();
}

}  // namespace moyo::metrics
