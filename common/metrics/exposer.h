// One Prometheus registry and its HTTP endpoint a process.
#pragma once

#include <prometheus/registry.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace moyo::metrics {

// Thread-safe. Process memory (process_resident_memory_bytes, process_virtual_memory_bytes,
// moyo_system_memory_total_bytes, moyo_system_memory_available_bytes) and moyo_build_info are
// collected at each scrape.
class Endpoint {
 public:
  // Serves /metrics on `address` ("127.0.0.1:9100"; port 0 picks one). Empty: registry only, no
  // HTTP. UNAVAILABLE when the port is taken: says which and what to do.
  static absl::StatusOr<std::unique_ptr<Endpoint>> Open(const std::string& address,
                                                        const std::string& program);
  ~Endpoint();

  prometheus::Registry& registry() { return *registry_; }
  int port() const;

 private:
  struct Http;

  Endpoint();
  std::shared_ptr<prometheus::Registry> registry_;
  std::shared_ptr<prometheus::Collectable> memory_;
  std::unique_ptr<Http> http_;  // null: registry only
};

}  // namespace moyo::metrics
