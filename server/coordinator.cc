// The life of the server, and WorkService.
#include "server/coordinator.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/rpc/protocol.h"
#include "server/messages.h"

namespace moyo::server {
namespace {

constexpr char kParserVersionKey[] = "parser_version";
constexpr size_t kMaxWorkers = 100'000;
constexpr uint32_t kMaxParallel = 4096;
constexpr size_t kMaxErrorBytes = 200;
constexpr uint32_t kRetryWhileScanningMs = 50;
constexpr uint32_t kRetryMs = 500;
constexpr absl::Duration kForgetWorkerAfter = absl::Seconds(60);

absl::Status UnknownWorker() { return absl::NotFoundError("unknown worker; register again"); }

}  // namespace

Coordinator::Coordinator(store::Store& store, CoordinatorOptions options, const Clock& clock)
    : store_(store),
      options_(std::move(options)),
      clock_(clock),
      cataloguer_(store, options_.catalog),
      training_(store, clock) {}

Coordinator::~Coordinator() { Stop(); }

absl::Status Coordinator::Load() { return training_.Load(); }

void Coordinator::Tick() {
  const absl::StatusOr<int> reaped = store_.Reap();
  const absl::Status status = NoteFullDisk(reaped.status());
  if (!status.ok() && status != reap_status_) {  // once, not at each tick
    spdlog::error("cannot end leases: {}", std::string(status.message()));
  }
  reap_status_ = status;
  if (reaped.ok() && *reaped > 0) spdlog::warn("{} lease(s) ran out", *reaped);
  absl::MutexLock lock(&mutex_);
  const absl::Time oldest = clock_.Now() - kForgetWorkerAfter;
  std::erase_if(workers_, [&](const auto& entry) { return entry.second.last_seen < oldest; });
}

void Coordinator::Stop() {
  StopScans();
  std::thread resuming;
  {
    absl::MutexLock lock(&mutex_);
    has_stopped_ = true;
    resuming = std::move(resume_thread_);
  }
  if (catalogue_thread_.joinable()) catalogue_thread_.join();
  if (resuming.joinable()) resuming.join();
  const absl::Status stored = training_.Flush();
  if (!stored.ok()) spdlog::error("{}", std::string(stored.message()));
}

Activity Coordinator::GetActivity() {
  absl::MutexLock lock(&mutex_);
  Activity activity;
  activity.workers = workers_.size();
  for (const auto& [id, worker] : workers_) {
    activity.worker_slots += worker.parallel;
    activity.spooled_shards += worker.spooled_shards;
  }
  activity.running_scans = running_scans_;
  activity.storage_failing = !storage_error_.empty();
  return activity;
}

std::string Coordinator::SeeWorker(const std::string& worker_id) {
  absl::MutexLock lock(&mutex_);
  const auto worker = workers_.find(worker_id);
  if (worker == workers_.end()) return "";
  worker->second.last_seen = clock_.Now();
  return worker->second.name;
}

absl::Status Coordinator::CheckRun(const std::string& run_id) const {
  if (run_id.empty() || run_id == store_.run_id()) return absl::OkStatus();
  return absl::FailedPreconditionError("this unit is of another run: the server was reset");
}

// The run's first worker decides: all shards of a dataset come from one parser.
absl::Status Coordinator::CheckParserVersion(uint32_t version) {
  absl::MutexLock lock(&parser_version_mutex_);
  if (parser_version_.empty()) {
    MOYO_ASSIGN_OR_RETURN(std::string stored, store_.GetMeta(kParserVersionKey));
    if (stored.empty()) {
      stored = absl::StrCat(version);
      MOYO_RETURN_IF_ERROR(store_.SetMeta(kParserVersionKey, stored));
    }
    parser_version_ = std::move(stored);
  }
  if (parser_version_ == absl::StrCat(version)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("this run's shards are of parser version ", parser_version_, ", the worker has ",
                   version, "; use the same release everywhere, or a new run directory"));
}

absl::Status Coordinator::RegisterWorker(const v1::RegisterWorkerRequest& request,
                                         v1::RegisterWorkerResponse& response) {
  if (request.protocol_version() != rpc::kProtocolVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("the worker speaks protocol ", request.protocol_version(), ", the server ",
                     rpc::kProtocolVersion, "; use the same release everywhere"));
  }
  MOYO_RETURN_IF_ERROR(CheckParserVersion(request.parser_version()));
  absl::MutexLock lock(&mutex_);
  if (workers_.size() >= kMaxWorkers) return absl::ResourceExhaustedError("too many workers");
  Worker worker;
  worker.parallel = std::clamp<uint32_t>(request.parallel(), 1, kMaxParallel);
  worker.last_seen = clock_.Now();
  // Ids of an earlier life of the server must not come again.
  const std::string id =
      absl::StrCat("worker-", absl::ToUnixMillis(clock_.Now()), "-", next_worker_++);
  worker.name = request.name().empty() ? id : request.name();
  spdlog::info("worker '{}' joined ({} at once)", worker.name, worker.parallel);
  workers_[id] = std::move(worker);
  ++traffic_.registrations;
  response.set_worker_id(id);
  response.set_run_id(store_.run_id());
  *response.mutable_options() = options_.parse;
  const absl::Duration interval = std::clamp<absl::Duration>(
      options_.lease_duration / 6, absl::Milliseconds(200), absl::Seconds(5));
  response.set_heartbeat_interval_ms(absl::ToInt64Milliseconds(interval));
  return absl::OkStatus();
}

void Coordinator::LeaseUnit(const v1::LeaseUnitRequest& request, v1::LeaseUnitResponse& response,
                            Done done) {
  const absl::StatusOr<bool> granted = Grant(request, response);
  if (!granted.ok()) return done(NoteFullDisk(granted.status()));
  if (!*granted) return done(absl::OkStatus());
  store_.WhenTellable({response.lease().fencing_token()}, std::move(done));
}

absl::StatusOr<bool> Coordinator::Grant(const v1::LeaseUnitRequest& request,
                                        v1::LeaseUnitResponse& response) {
  const std::string name = SeeWorker(request.worker_id());
  if (name.empty()) return UnknownWorker();
  MOYO_ASSIGN_OR_RETURN(const std::optional<store::GrantedUnit> granted,
                        store_.LeaseUnsynced(name));
  if (!granted) {
    const Standing standing = Look();
    response.set_all_done(standing.is_complete);
    response.set_retry_after_ms(standing.is_scanning ? kRetryWhileScanningMs : kRetryMs);
    return false;
  }
  v1::Lease& lease = *response.mutable_lease();
  lease.set_lease_id(absl::StrCat("lease-", granted->unit.token.value));
  lease.set_unit_id(granted->unit.id.value);
  lease.set_fencing_token(granted->unit.token.value);
  lease.set_attempt(granted->unit.failures + 1);
  lease.set_lease_duration_ms(absl::ToInt64Milliseconds(options_.lease_duration));
  for (const store::Source& source : granted->sources) FillSource(source, *lease.add_sources());
  return true;
}

absl::Status Coordinator::FetchSources(const v1::FetchSourcesRequest& request,
                                       const Send<v1::FetchSourcesResponse>& send) {
  MOYO_ASSIGN_OR_RETURN(const std::vector<store::Source> sources,
                        store_.SourcesOfLease({request.unit_id()}, {request.fencing_token()}));
  const TransferTimer timer(traffic_.source_downloads, clock_);
  std::vector<uint64_t> wanted(request.source_ids().begin(), request.source_ids().end());
  std::sort(wanted.begin(), wanted.end());
  for (const store::Source& source : sources) {
    if (!wanted.empty() && !std::binary_search(wanted.begin(), wanted.end(), source.source_id)) {
      continue;
    }
    MOYO_RETURN_IF_ERROR(SendSource(source, send));
  }
  return absl::OkStatus();
}

absl::Status Coordinator::SendSource(const store::Source& source,
                                     const Send<v1::FetchSourcesResponse>& send) {
  v1::FetchSourcesResponse message;
  const absl::Status status = sources_.Read(source, [&](std::string_view bytes, bool last) {
    message.set_source_id(source.source_id);
    message.set_data(bytes.data(), bytes.size());
    message.set_last(last);
    traffic_.source_downloads.bytes += bytes.size();
    return send(message);
  });
  if (status.ok() || absl::IsCancelled(status)) return status;
  // The machine's trouble, a disk or a share that is away among it, says nothing about the source:
  // the worker asks again, as long as its lease runs.
  if (absl::IsUnavailable(status) || absl::IsInternal(status)) {
    return absl::UnavailableError(status.message());
  }
  // A source that cannot be read costs its own games only.
  message.Clear();
  message.set_source_id(source.source_id);
  message.set_last(true);
  message.set_error(AsUtf8(std::string(status.message())));
  return send(message) ? absl::OkStatus() : absl::CancelledError("the worker went away");
}

absl::Status Coordinator::Heartbeat(const v1::HeartbeatRequest& request,
                                    v1::HeartbeatResponse& response) {
  if (SeeWorker(request.worker_id()).empty()) return UnknownWorker();
  {
    absl::MutexLock lock(&mutex_);
    const auto worker = workers_.find(request.worker_id());
    if (worker != workers_.end()) {
      worker->second.rss_bytes = request.rss_bytes();
      worker->second.games_per_second = request.games_per_second();
      worker->second.spooled_shards = request.spooled_shards();
    }
  }
  for (const v1::LeaseProgress& lease : request.leases()) {
    MOYO_ASSIGN_OR_RETURN(const bool is_held,
                          store_.Progress({lease.unit_id()}, {lease.fencing_token()},
                                          // Neither ever falls, so the sum rises when one does.
                                          lease.games_parsed() + lease.bytes_read()));
    if (!is_held) response.add_lost_lease_ids(lease.lease_id());
  }
  return absl::OkStatus();
}

// A repeated commit waits for the disk, too: the first one may not be there yet.
void Coordinator::CommitUnit(const v1::CommitUnitRequest& request, v1::CommitUnitResponse& response,
                             Done done) {
  const absl::Status taken = TakeCommit(request, response);
  if (!taken.ok()) return done(taken);
  store_.WhenOnDisk(std::move(done));
}

absl::Status Coordinator::TakeCommit(const v1::CommitUnitRequest& request,
                                     v1::CommitUnitResponse& response) {
  const std::string name = SeeWorker(request.worker_id());
  MOYO_RETURN_IF_ERROR(CheckRun(request.run_id()));
  store::CommitRequest commit;
  commit.unit.value = request.unit_id();
  commit.token.value = request.fencing_token();
  commit.worker = name.empty() ? request.worker_id() : name;
  commit.digest = request.shard_digest();
  MOYO_ASSIGN_OR_RETURN(commit.games, GamesOf(request));
  const absl::StatusOr<bool> repeated = store_.CommitUnsynced(std::move(commit));
  (void)NoteStorage(repeated.status());
  if (!repeated.ok()) {
    spdlog::warn("commit of unit {} by '{}' refused: {}", request.unit_id(), name,
                 std::string(repeated.status().message()));
    return repeated.status();
  }
  response.set_repeated(*repeated);
  if (!*repeated) CountGames(request.worker_id(), request.rows_size());
  return absl::OkStatus();
}

absl::Status Coordinator::ReleaseUnit(const v1::ReleaseUnitRequest& request,
                                      v1::ReleaseUnitResponse& response) {
  const std::string name = SeeWorker(request.worker_id());
  MOYO_RETURN_IF_ERROR(CheckRun(request.run_id()));
  if (request.failed()) {
    spdlog::warn("unit {} failed at '{}': {}", request.unit_id(), name, OneLine(request.error()));
  }
  work::Release release;
  release.token.value = request.fencing_token();
  release.leaving = request.failed() ? work::Leaving::kFailed : work::Leaving::kWilling;
  release.error = request.error().substr(0, kMaxErrorBytes);
  return NoteFullDisk(store_.Release({request.unit_id()}, release));
}

}  // namespace moyo::server
