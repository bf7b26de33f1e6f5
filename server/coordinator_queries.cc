// ShardService, TrainingService and AdminService.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/base/digest.h"
#include "common/base/files.h"
#include "common/base/memory.h"
#include "common/base/status_macros.h"
#include "common/base/version.h"
#include "common/rpc/protocol.h"
#include "server/coordinator.h"
#include "server/messages.h"

namespace moyo::server {
namespace {

constexpr uint64_t kMaxShardBytes = 1ull << 30;
// A lease is renewed each time that so much more of its shard came.
constexpr uint64_t kRenewEveryBytes = rpc::kChunkBytes;
constexpr int kEntriesPerMessage = 500;
constexpr absl::Duration kRateWindow = absl::Seconds(10);

store::UploadKey KeyOf(const v1::UploadShardHeader& header) {
  return {
      {header.unit_id()}, {header.fencing_token()}, header.shard_digest(), header.length_bytes()};
}

absl::Status WentAway() { return absl::CancelledError("the other side went away"); }

}  // namespace

absl::Status Coordinator::UploadShard(const Receive<v1::UploadShardRequest>& receive,
                                      v1::UploadShardResponse& response) {
  const TransferTimer timer(traffic_.uploads, clock_);
  return NoteStorage(ReceiveShard(receive));
}

absl::Status Coordinator::NoteStorage(absl::Status status) {
  // Whoever sends a shard to a disk that cannot be written waits as for one that is full.
  if (absl::IsPermissionDenied(status)) status = absl::ResourceExhaustedError(status.message());
  if (!status.ok() && !absl::IsResourceExhausted(status)) return status;
  absl::MutexLock lock(&mutex_);
  storage_error_ = std::string(status.message());
  return status;
}

absl::Status Coordinator::CheckHeader(const v1::UploadShardHeader& header) const {
  if (header.shard_digest().size() != sizeof(Digest)) {
    return absl::InvalidArgumentError("a shard digest has 32 bytes");
  }
  MOYO_RETURN_IF_ERROR(CheckRun(header.run_id()));
  if (header.length_bytes() <= kMaxShardBytes) return absl::OkStatus();
  // Not RESOURCE_EXHAUSTED: no waiting makes it smaller. Given back as failed, the unit is split.
  return absl::InvalidArgumentError(
      absl::StrCat("a shard may have at most ", kMaxShardBytes, " bytes"));
}

absl::Status Coordinator::ReceiveShard(const Receive<v1::UploadShardRequest>& receive) {
  v1::UploadShardRequest message;
  if (!receive(&message) || !message.has_header()) {
    return absl::InvalidArgumentError("the first message must carry the header");
  }
  const v1::UploadShardHeader header = message.header();
  MOYO_RETURN_IF_ERROR(CheckHeader(header));
  const store::UploadKey key = KeyOf(header);
  MOYO_ASSIGN_OR_RETURN(std::unique_ptr<store::ShardUpload> upload,
                        header.offset() == 0
                            ? store_.BeginUpload(key.unit, key.token, key.length_bytes)
                            : store_.ResumeUpload(key, header.offset()));
  if (upload == nullptr) return absl::OkStatus();
  uint64_t renewed_at_bytes = upload->received_bytes();
  do {
    if (message.data().size() > rpc::kChunkBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("a message may carry at most ", rpc::kChunkBytes, " bytes of a shard"));
    }
    traffic_.uploads.bytes += message.data().size();
    MOYO_RETURN_IF_ERROR(upload->Append(message.data()));
    if (upload->received_bytes() - renewed_at_bytes >= kRenewEveryBytes) {
      renewed_at_bytes = upload->received_bytes();
      MOYO_RETURN_IF_ERROR(store_.RenewUpload(key.unit, key.token));
    }
  } while (receive(&message));
  if (upload->received_bytes() < key.length_bytes) {
    const uint64_t received_bytes = upload->received_bytes();
    store_.SuspendUpload(key, std::move(upload));
    return absl::InvalidArgumentError(absl::StrCat("the shard has ", received_bytes,
                                                   " bytes, its header says ", key.length_bytes));
  }
  return store_.FinishUpload(key.unit, key.token, key.digest, key.length_bytes, std::move(upload));
}

absl::Status Coordinator::GetUpload(const v1::GetUploadRequest& request,
                                    v1::GetUploadResponse& response) {
  MOYO_RETURN_IF_ERROR(CheckHeader(request.header()));
  response.set_received_bytes(store_.SuspendedBytes(KeyOf(request.header())));
  return absl::OkStatus();
}

absl::Status Coordinator::DownloadShard(const v1::DownloadShardRequest& request,
                                        const Send<v1::DownloadShardResponse>& send) {
  MOYO_ASSIGN_OR_RETURN(const auto shard, store_.FindShard({request.unit_id()}));
  const auto& [path, length_bytes] = shard;
  const TransferTimer timer(traffic_.shard_downloads, clock_);
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ErrnoStatus(errno, "open", path);
  const absl::Cleanup close_fd = [fd = fd] { close(fd); };
  v1::DownloadShardResponse message;
  uint64_t offset = request.offset();
  while (offset < length_bytes) {
    std::string& data = *message.mutable_data();
    data.resize(std::min<uint64_t>(rpc::kChunkBytes, length_bytes - offset));
    const ssize_t got = pread(fd, data.data(), data.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus(errno, "read", path);
    if (got == 0) return absl::DataLossError(absl::StrCat("'", path, "' is shorter than it was"));
    data.resize(got);
    offset += got;
    traffic_.shard_downloads.bytes += got;
    if (!send(message)) return WentAway();
  }
  return absl::OkStatus();
}

Coordinator::Standing Coordinator::Look() {
  Standing standing;
  // Before the units: a scan that ends in between has added its units by then.
  standing.is_scanning = running_scans_ > 0;
  standing.status = store_.GetStatus();
  const store::UnitCounts& units = standing.status.units;
  standing.is_complete = !standing.is_scanning && units.pending + units.leased == 0;
  return standing;
}

absl::Status Coordinator::GetManifest(const v1::GetManifestRequest& request,
                                      v1::GetManifestResponse& response) {
  // First: a manifest taken after "complete" holds every shard.
  response.set_complete(Look().is_complete);
  const std::shared_ptr<const store::Manifest> manifest = store_.GetManifest();
  response.set_dataset_digest(manifest->digest);
  response.set_shard_count(manifest->shards.size());
  if (request.only_summary()) return absl::OkStatus();
  for (const store::Shard& shard : manifest->shards) FillShard(shard, *response.add_shards());
  return absl::OkStatus();
}

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

absl::Status Coordinator::CutScan(const std::vector<std::string>& paths, uint64_t limit_games,
                                  const absl::Status& cut) {
  std::vector<std::string> normal;
  for (const std::string& path : paths) normal.push_back(catalog::NormalPath(path));
  const absl::StatusOr<std::vector<store::Scan>> unfinished = store_.UnfinishedScans();
  // What the store does not remember was not begun, and is the caller's to repeat.
  const bool is_remembered =
      !unfinished.ok() ||
      std::any_of(unfinished->begin(), unfinished->end(), [&](const store::Scan& scan) {
        return scan.paths == normal && scan.limit_games == limit_games;
      });
  if (is_remembered) ResumeInBackground(cut);
  const std::string text = absl::StrCat(
      cut.message(),
      is_remembered ? "; the server tries again by itself until the paths are added" : "");
  // To the caller UNAVAILABLE would say that the server is away.
  return absl::IsInternal(cut) ? absl::InternalError(text) : absl::ResourceExhaustedError(text);
}

absl::Status Coordinator::AddSources(const v1::AddSourcesRequest& request,
                                     v1::AddSourcesResponse& response) {
  ++running_scans_;
  const absl::Cleanup scan_ended = [this] { --running_scans_; };
  const std::vector<std::string> paths(request.paths().begin(), request.paths().end());
  const absl::StatusOr<catalog::ScanResult> result = cataloguer_.Scan(paths, request.limit());
  if (catalog::MayPass(result.status())) {
    return CutScan(paths, request.limit(), result.status());
  }
  MOYO_RETURN_IF_ERROR(result.status());
  response.set_sources(result->sources);
  response.set_games(result->games);
  response.set_known(result->known);
  response.set_removed(result->removed);
  return absl::OkStatus();
}

}  // namespace moyo::server
