// What /metrics shows of the server beyond the process itself.
#pragma once

#include <prometheus/collectable.h>

#include <vector>

#include "server/coordinator.h"
#include "server/store/store.h"

namespace moyo::server {

// Reads at each scrape. The numbers of one scrape belong together: the games by state add up to the
// games found in every one of them. Thread-safe; must not outlive store and coordinator.
class Gauges final : public prometheus::Collectable {
 public:
  Gauges(store::Store& store, Coordinator& coordinator)
      : store_(store), coordinator_(coordinator) {}
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  store::Store& store_;
  Coordinator& coordinator_;
};

}  // namespace moyo::server
