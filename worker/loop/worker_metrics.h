// What a worker counts, as /metrics shows it.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace moyo::worker {

struct WorkerMetrics {
  explicit WorkerMetrics(prometheus::Registry& registry);

  prometheus::Counter& games;
  prometheus::Family<prometheus::Counter>& units;
  prometheus::Counter& committed;
  prometheus::Counter& dropped;
  prometheus::Counter& released;
  prometheus::Counter& upload_bytes;
  prometheus::Counter& fetch_bytes;
  prometheus::Gauge& spooled;
  prometheus::Gauge& slots;
  prometheus::Gauge& busy_slots;
  prometheus::Counter& heartbeat_failures;
  prometheus::Family<prometheus::Counter>& unit_seconds;
  prometheus::Counter& parse_seconds;
  prometheus::Counter& deliver_seconds;
};

}  // namespace moyo::worker
