#include "worker/loop/worker_metrics.h"

namespace moyo::worker {

WorkerMetrics::WorkerMetrics(prometheus::Registry& registry)
    : games(prometheus::BuildCounter()
                .Name("moyo_worker_games_total")
                .Help("Games parsed and committed.")
                .Register(registry)
                .Add({})),
      units(prometheus::BuildCounter()
                .Name("moyo_worker_units_total")
                .Help("Units by outcome.")
                .Register(registry)),
      committed(units.Add({{"outcome", "committed"}})),
      dropped(units.Add({{"outcome", "dropped"}})),
      released(units.Add({{"outcome", "released"}})),
      upload_bytes(prometheus::BuildCounter()
                       .Name("moyo_worker_upload_bytes_total")
                       .Help("Shard bytes sent to the server.")
                       .Register(registry)
                       .Add({})),
      fetch_bytes(prometheus::BuildCounter()
                      .Name("moyo_worker_fetch_bytes_total")
                      .Help("Source bytes received from the server.")
                      .Register(registry)
                      .Add({})),
      spooled(prometheus::BuildGauge()
                  .Name("moyo_worker_spooled_shards")
                  .Help("Finished shards not acknowledged yet.")
                  .Register(registry)
                  .Add({})),
      slots(prometheus::BuildGauge()
                .Name("moyo_worker_parallel_slots")
                .Help("Units that this worker parses at once.")
                .Register(registry)
                .Add({})),
      busy_slots(prometheus::BuildGauge()
                     .Name("moyo_worker_busy_slots")
                     .Help("Units that are fetched and parsed now.")
                     .Register(registry)
                     .Add({})),
      heartbeat_failures(prometheus::BuildCounter()
                             .Name("moyo_worker_heartbeat_failures_total")
                             .Help("Heartbeats that the server did not answer.")
                             .Register(registry)
                             .Add({})),
      unit_seconds(prometheus::BuildCounter()
                       .Name("moyo_worker_unit_seconds_total")
                       .Help("Time spent on units, by phase.")
                       .Register(registry)),
      parse_seconds(unit_seconds.Add({{"phase", "parse"}})),
      deliver_seconds(unit_seconds.Add({{"phase", "deliver"}})) {}

}  // namespace moyo::worker
