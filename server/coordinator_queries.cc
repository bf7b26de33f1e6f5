// TrainingService, and AdminService's questions.
#include <algorithm>

#include "common/base/memory.h"
#include "common/base/status_macros.h"
#include "common/base/version.h"
#include "server/coordinator.h"
#include "server/messages.h"

namespace moyo::server {
namespace {

constexpr int kEntriesPerMessage = 500;
constexpr absl::Duration kRateWindow = absl::Seconds(10);

absl::Status WentAway() { return absl::CancelledError("the other side went away"); }

}  // namespace

void Coordinator::CountGames(const std::string& worker_id, uint64_t games) {
  traffic_.games_committed += games;
  absl::MutexLock lock(&mutex_);
  recent_games_.emplace_back(clock_.Now(), games);
  recent_games_total_ += games;
  GamesPerSecond();  // forgets what is too old
  const auto worker = workers_.find(worker_id);
  if (worker != workers_.end()) worker->second.games_done += games;
}

double Coordinator::GamesPerSecond() {
  const absl::Time oldest = clock_.Now() - kRateWindow;
  while (!recent_games_.empty() && recent_games_.front().first < oldest) {
    recent_games_total_ -= recent_games_.front().second;
    recent_games_.pop_front();
  }
  return static_cast<double>(recent_games_total_) / absl::ToDoubleSeconds(kRateWindow);
}

void Coordinator::FillWorkers(v1::GetStatusResponse& response) {
  const absl::Time now = clock_.Now();
  const std::map<std::string, uint32_t> leases = store_.LeasesByWorker();
  for (const auto& [id, worker] : workers_) {
    v1::WorkerStatus& status = *response.add_workers();
    status.set_worker_id(id);
    status.set_name(AsUtf8(worker.name));
    status.set_parallel(worker.parallel);
    const auto held = leases.find(worker.name);
    status.set_leases(held == leases.end() ? 0 : held->second);
    status.set_games_done(worker.games_done);
    status.set_games_per_second(worker.games_per_second);
    status.set_rss_bytes(worker.rss_bytes);
    status.set_seconds_since_heartbeat(absl::ToDoubleSeconds(now - worker.last_seen));
  }
}

absl::Status Coordinator::GetStatus(const v1::GetStatusRequest& request,
                                    v1::GetStatusResponse& response) {
  const auto [status, is_scanning, is_complete] = Look();
  response.set_complete(is_complete);
  FillLedger(status.ledger, *response.mutable_ledger());
  FillUnits(status.units, *response.mutable_units());
  const std::shared_ptr<const store::Manifest> manifest = store_.GetManifest();
  response.set_shard_count(manifest->shards.size());
  response.set_shard_bytes(manifest->bytes);
  response.set_dataset_digest(manifest->digest);
  response.set_sources(status.sources);
  response.set_removed_games(status.removed_games);
  for (const std::string& alarm : status.alarms) response.add_alarms(AsUtf8(alarm));
  const MemoryUse memory = ReadMemoryUse();
  response.set_rss_bytes(memory.rss_bytes);
  response.set_vms_bytes(memory.vms_bytes);
  response.set_system_total_bytes(memory.system_total_bytes);
  response.set_system_available_bytes(memory.system_available_bytes);
  response.set_version(kReleaseVersion);
  if (std::optional<v1::TrainingProgress> training = training_.newest()) {
    *response.mutable_training() = *std::move(training);
  }
  absl::MutexLock lock(&mutex_);
  FillWorkers(response);
  response.set_games_per_second(GamesPerSecond());
  response.set_catalogue_error(AsUtf8(catalogue_error_));
  response.set_storage_error(AsUtf8(storage_error_));
  return absl::OkStatus();
}

absl::Status Coordinator::ReportProgress(const v1::ReportProgressRequest& request,
                                         v1::ReportProgressResponse& response) {
  return training_.Add(request.progress());
}

absl::Status Coordinator::ListLedger(const v1::ListLedgerRequest& request,
                                     const Send<v1::ListLedgerResponse>& send) {
  const auto wanted = static_cast<store::GameState>(request.state());
  const bool wants_all = request.state() == v1::GAME_STATE_UNSPECIFIED;
  v1::ListLedgerResponse message;
  for (const work::Unit& unit : store_.UnitsInOrder()) {
    if (!wants_all) {
      MOYO_ASSIGN_OR_RETURN(const bool has_games, store_.HasGames(unit, wanted));
      if (!has_games) continue;
    }
    MOYO_ASSIGN_OR_RETURN(const std::vector<store::LedgerEntry> entries, store_.ReadLedger(unit));
    for (const store::LedgerEntry& entry : entries) {
      if (!wants_all && entry.game.state != wanted) continue;
      FillEntry(entry, *message.add_entries());
      if (message.entries_size() < kEntriesPerMessage) continue;
      if (!send(message)) return WentAway();
      message.Clear();
    }
  }
  if (message.entries_size() > 0 && !send(message)) return WentAway();
  return absl::OkStatus();
}

}  // namespace moyo::server
