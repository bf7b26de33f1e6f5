#include "server/gauges.h"

#include <iterator>

#include "common/metrics/family.h"

namespace moyo::server {
namespace {

using metrics::CounterFamily;
using metrics::GaugeFamily;
using Families = std::vector<prometheus::MetricFamily>;

double AsDouble(uint64_t value) { return static_cast<double>(value); }

Families OfData(const store::StoreStatus& status, const store::Manifest& manifest) {
  const store::LedgerCounts& ledger = status.ledger;
  return {GaugeFamily("moyo_games", "Games of the ledger by state.", "state",
                      {{"accepted", AsDouble(ledger.accepted)},
                       {"duplicate", AsDouble(ledger.duplicate)},
                       {"filtered", AsDouble(ledger.filtered)},
                       {"rejected", AsDouble(ledger.rejected)},
                       {"quarantined", AsDouble(ledger.quarantined)},
                       {"pending", AsDouble(ledger.pending)}}),
          GaugeFamily("moyo_games_found", "Games of the ledger; the states add up to it.",
                      ledger.found),
          GaugeFamily("moyo_truncated_games", "Accepted games that were cut at damage.",
                      ledger.truncated),
          GaugeFamily("moyo_positions", "Positions of the accepted games.", ledger.positions),
          GaugeFamily("moyo_sources", "Sources in the catalogue.", status.sources),
          GaugeFamily("moyo_shards", "Shards of the dataset.", manifest.shards.size()),
          GaugeFamily("moyo_shard_bytes", "Bytes of the shards of the dataset.", manifest.bytes)};
}

Families OfUnits(const store::StoreStatus& status) {
  const store::UnitCounts& units = status.units;
  return {
      GaugeFamily("moyo_units", "Work units by state.", "state",
                  {{"pending", AsDouble(units.pending)},
                   {"leased", AsDouble(units.leased)},
                   {"done", AsDouble(units.done)},
                   {"quarantined", AsDouble(units.quarantined)},
                   {"split", AsDouble(units.split)}}),
      GaugeFamily("moyo_oldest_lease_age_seconds",
                  "Time since the oldest live lease was granted; 0 when none is out.",
                  absl::ToDoubleSeconds(status.oldest_lease_age)),
      CounterFamily("moyo_lease_grants_total", "Leases granted.", status.lease_grants),
      CounterFamily("moyo_lease_expiries_total", "Leases that ran out.", status.lease_expiries),
      CounterFamily("moyo_unit_retries_total", "Grants of units that had failed or run out before.",
                    status.unit_retries),
      CounterFamily(
          "moyo_second_lease_grants_total",
          "Leases on units that another worker had: slow ones' units, finished ones to "
          "check.",
          "kind",
          {{"backup", AsDouble(status.backup_grants)}, {"check", AsDouble(status.check_grants)}}),
      CounterFamily("moyo_backup_commits_total", "Backups that came before the slow worker.",
                    status.backup_commits),
      CounterFamily("moyo_unit_checks_total",
                    "Finished units for which another worker came to the same digest.",
                    status.unit_checks),
      GaugeFamily("moyo_unchecked_units", "Finished units that wait for their check.",
                  status.unchecked_units),
      CounterFamily("moyo_commits_total", "Units committed.", status.commits),
      CounterFamily("moyo_digest_conflicts_total",
                    "Commits refused because the unit stands with another digest.",
                    status.digest_conflicts),
      GaugeFamily("moyo_alarms", "Alarms of this run, kept over restarts.", status.alarms.size())};
}

Families OfWorkers(const store::StoreStatus& status, const Activity& activity) {
  return {
      GaugeFamily("moyo_workers", "Workers heard from lately.", activity.workers),
      GaugeFamily("moyo_worker_slots", "Units that these workers could parse at once.",
                  activity.worker_slots),
      GaugeFamily("moyo_shard_backlog",
                  "Finished shards that are not in the dataset yet: with the workers, or "
                  "uploaded without their commit.",
                  "stage",
                  {{"spooled", AsDouble(activity.spooled_shards)},
                   {"uploaded", AsDouble(status.waiting_uploads)}}),
      GaugeFamily("moyo_catalogue_scans", "Scans of game folders under way.",
                  activity.running_scans),
      GaugeFamily(
          "moyo_storage_failing",
          "1 while the last shard or commit could not be stored: no space, or no right to write.",
          activity.storage_failing ? 1 : 0)};
}

double Seconds(const Flow& flow) { return AsDouble(flow.nanoseconds) / 1e9; }

Families OfTraffic(const Traffic& traffic) {
  const Flow& sources = traffic.source_downloads;
  const Flow& shards = traffic.shard_downloads;
  return {CounterFamily("moyo_games_committed_total", "Games of the units committed.",
                        traffic.games_committed),
          CounterFamily("moyo_worker_registrations_total", "Workers that joined.",
                        traffic.registrations),
          CounterFamily("moyo_uploads_total", "Shard uploads, however they ended.",
                        traffic.uploads.transfers),
          CounterFamily("moyo_upload_bytes_total", "Shard bytes received.", traffic.uploads.bytes),
          CounterFamily("moyo_upload_seconds_total", "Durations of the uploads, added up.",
                        Seconds(traffic.uploads)),
          CounterFamily(
              "moyo_downloads_total", "Streams sent, however they ended.", "kind",
              {{"source", AsDouble(sources.transfers)}, {"shard", AsDouble(shards.transfers)}}),
          CounterFamily("moyo_download_bytes_total", "Bytes sent.", "kind",
                        {{"source", AsDouble(sources.bytes)}, {"shard", AsDouble(shards.bytes)}}),
          CounterFamily("moyo_download_seconds_total", "Durations of the downloads, added up.",
                        "kind", {{"source", Seconds(sources)}, {"shard", Seconds(shards)}})};
}

}  // namespace

std::vector<prometheus::MetricFamily> Gauges::Collect() const {
  const store::StoreStatus status = store_.GetStatus();
  Families all;
  for (Families families :
       {OfData(status, *store_.GetManifest()), OfUnits(status),
        OfWorkers(status, coordinator_.GetActivity()), OfTraffic(coordinator_.traffic())}) {
    all.insert(all.end(), std::make_move_iterator(families.begin()),
               std::make_move_iterator(families.end()));
  }
  return all;
}

}  // namespace moyo::server
