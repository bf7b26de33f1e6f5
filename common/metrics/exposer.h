// One Prometheus registry and its HTTP endpoint a process.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/registry.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/web/http_server.h"

namespace moyo::metrics {

class ProcessMetrics;

// Thread-safe. What every program has (moyo_build_info, memory, start time, CPU seconds, disk) is
// collected at each scrape. deploy/METRICS.md names every metric; a test compares.
class Endpoint {
 public:
  // Serves /metrics on `address` ("127.0.0.1:9100"; port 0 picks one). Empty: registry only, no
  // HTTP. UNAVAILABLE when the port is taken: says which and what to do.
  static absl::StatusOr<std::unique_ptr<Endpoint>> Open(const std::string& address,
                                                        const std::string& program);
  ~Endpoint();

  prometheus::Registry& registry() { return *registry_; }
  // Shows space of the file system that holds `folder`: the one where this program writes.
  void WatchDisk(const std::string& folder);
  // `source` is asked at each scrape, on the endpoint's thread, until RemoveSource returns. Whoever
  // adds one keeps it alive and removes it before what it reads goes.
  void AddSource(const std::shared_ptr<prometheus::Collectable>& source);
  void RemoveSource(const std::shared_ptr<prometheus::Collectable>& source);
  int port() const;

 private:
  struct Sources;

  Endpoint();
  std::shared_ptr<prometheus::Registry> registry_;
  std::shared_ptr<ProcessMetrics> process_;
  // Null, both, when it is a registry only. The server goes first: it asks the sources.
  std::unique_ptr<Sources> sources_;
  std::unique_ptr<web::HttpServer> http_;
};

}  // namespace moyo::metrics
