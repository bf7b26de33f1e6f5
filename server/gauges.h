// What /metrics shows of the server beyond the process itself.
#pragma once

#include <prometheus/registry.h>

#include "server/coordinator.h"
#include "server/store/store.h"

namespace moyo::server {

// Updated by the reaper, about once a second. Not thread-safe.
class Gauges {
 public:
  explicit Gauges(prometheus::Registry& registry);
  void Update(store::Store& store, const Traffic& traffic, size_t workers);

 private:
  prometheus::Registry& registry_;
};

}  // namespace moyo::server
