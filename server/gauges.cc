#include "server/gauges.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <string>

namespace moyo::server {
namespace {

// A counter that follows a number counted elsewhere.
void Follow(prometheus::Registry& registry, const char* name, const char* help, uint64_t value) {
  prometheus::Counter& counter =
      prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
  const double rise = static_cast<double>(value) - counter.Value();
  if (rise > 0) counter.Increment(rise);
}

void Set(prometheus::Registry& registry, const char* name, const char* help,
         const prometheus::Labels& labels, uint64_t value) {
  prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels).Set(
      static_cast<double>(value));
}

}  // namespace

Gauges::Gauges(prometheus::Registry& registry) : registry_(registry) {}

void Gauges::Update(store::Store& store, const Traffic& traffic, size_t workers) {
  const store::StoreStatus status = store.GetStatus();
  const store::LedgerCounts& ledger = status.ledger;
  const std::pair<const char*, uint64_t> games[] = {
      {"accepted", ledger.accepted},       {"duplicate", ledger.duplicate},
      {"filtered", ledger.filtered},       {"rejected", ledger.rejected},
      {"quarantined", ledger.quarantined}, {"pending", ledger.pending}};
  for (const auto& [state, count] : games) {
    Set(registry_, "moyo_games", "Games of the ledger by state", {{"state", state}}, count);
  }
  const store::UnitCounts& unit = status.units;
  const std::pair<const char*, uint64_t> units[] = {{"pending", unit.pending},
                                                    {"leased", unit.leased},
                                                    {"done", unit.done},
                                                    {"quarantined", unit.quarantined},
                                                    {"split", unit.split}};
  for (const auto& [state, count] : units) {
    Set(registry_, "moyo_units", "Work units by state", {{"state", state}}, count);
  }
  Set(registry_, "moyo_shard_bytes", "Bytes of the shards of the dataset", {},
      store.GetManifest()->bytes);
  Set(registry_, "moyo_workers", "Workers heard from lately", {}, workers);
  Follow(registry_, "moyo_lease_expiries_total", "Leases that ran out", status.lease_expiries);
  Follow(registry_, "moyo_commits_total", "Units committed", status.commits);
  Follow(registry_, "moyo_upload_bytes_total", "Shard bytes received", traffic.upload_bytes);
  Follow(registry_, "moyo_download_bytes_total", "Source and shard bytes sent",
         traffic.download_bytes);
}

}  // namespace moyo::server
