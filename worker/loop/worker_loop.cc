#include "worker/loop/worker_loop.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <list>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/base/memory.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/rpc/channel.h"
#include "common/sgf/game_reader.h"
#include "worker/loop/coordinator_client.h"
#include "worker/loop/spool.h"
#include "worker/loop/unit_runner.h"

namespace moyo::worker {
namespace {

constexpr absl::Duration kIdleWait = absl::Milliseconds(50);
constexpr int kUploadTries = 3;

struct Counters {
  explicit Counters(prometheus::Registry& registry)
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
                    .Add({})) {}

  prometheus::Counter& games;
  prometheus::Family<prometheus::Counter>& units;
  prometheus::Counter& committed;
  prometheus::Counter& dropped;
  prometheus::Counter& released;
  prometheus::Counter& upload_bytes;
  prometheus::Counter& fetch_bytes;
  prometheus::Gauge& spooled;
};

}  // namespace

class WorkerLoop::State {
 public:
  State(WorkerOptions options, metrics::Endpoint& endpoint)
      : options_(std::move(options)), client_(options_.server), counters_(endpoint.registry()) {}

  absl::Status Run() {
    MOYO_ASSIGN_OR_RETURN(Spool spool, Spool::Open(options_.spool_folder));
    spool_.emplace(std::move(spool));
    if (const absl::Status status = Register(""); !status.ok()) return EndOf(status);
    SendSpooled();
    std::thread heartbeat([this] { HeartbeatUntilStopped(); });
    std::vector<std::thread> lessees;
    for (int i = 0; i < options_.parallel; ++i) {
      lessees.emplace_back([this] { LeaseUntilDone(); });
    }
    for (std::thread& lessee : lessees) lessee.join();
    {
      absl::MutexLock lock(&mutex_);
      stopped_ = true;
    }
    heartbeat.join();
    absl::MutexLock lock(&mutex_);
    return EndOf(result_);
  }

 private:
  // Shutdown is how a worker is meant to end.
  static absl::Status EndOf(const absl::Status& status) {
    return absl::IsCancelled(status) ? absl::OkStatus() : status;
  }

  // A full disk of the server may be mended: what is finished waits for it.
  static absl::Status WaitForSpace(const absl::Status& status) {
    return absl::IsResourceExhausted(status) ? absl::UnavailableError(status.message()) : status;
  }

  // `unknown_id` is what the server does not know; when another thread has a new one already,
  // nothing is left to do.
  absl::Status Register(const std::string& unknown_id) {
    absl::MutexLock registering(&register_mutex_);
    if (WorkerId() != unknown_id) return absl::OkStatus();
    v1::RegisterWorkerRequest request;
    request.set_name(options_.name);
    request.set_protocol_version(rpc::kProtocolVersion);
    request.set_parser_version(sgf::kParserVersion);
    request.set_parallel(options_.parallel);
    return rpc::Retry(absl::InfiniteDuration(), [&] {
      auto response = client_.Register(request);
      if (!response.ok()) {
        spdlog::debug("register at {}: {}", options_.server, response.status().ToString());
        return response.status();
      }
      absl::MutexLock lock(&mutex_);
      worker_id_ = response->worker_id();
      parse_options_ = FromProto(response->options());
      heartbeat_interval_ = absl::Milliseconds(std::max(100u, response->heartbeat_interval_ms()));
      spdlog::info("registered at {} as {}", options_.server, worker_id_);
      return absl::OkStatus();
    });
  }

  std::string WorkerId() {
    absl::MutexLock lock(&mutex_);
    return worker_id_;
  }

  void Stop(absl::Status result) {
    absl::MutexLock lock(&mutex_);
    if (result_.ok()) result_ = std::move(result);
  }

  bool Failed() {
    absl::MutexLock lock(&mutex_);
    return !result_.ok();
  }

  void LeaseUntilDone() {
    while (!ShutdownRequested() && !Failed()) {
      v1::LeaseUnitRequest request;
      request.set_worker_id(WorkerId());
      v1::LeaseUnitResponse response;
      absl::Status status = rpc::Retry(absl::InfiniteDuration(), [&]() -> absl::Status {
        MOYO_ASSIGN_OR_RETURN(response, client_.Lease(request));
        return absl::OkStatus();
      });
      if (absl::IsNotFound(status)) {  // the server was reset
        if (status = Register(request.worker_id()); status.ok()) continue;
      }
      if (!status.ok()) return Stop(status);
      if (response.has_lease()) {
        RunLease(response.lease());
      } else if (response.all_done() && options_.exit_when_done) {
        return;
      } else {
        WaitForShutdown(std::max(kIdleWait, absl::Milliseconds(response.retry_after_ms())));
      }
    }
  }

  void RunLease(const v1::Lease& lease) {
    std::list<RunningUnit>::iterator unit;
    std::string worker_id;
    ParseOptions parse_options;
    {
      absl::MutexLock lock(&mutex_);
      unit = running_.emplace(running_.end());
      unit->lease = lease;
      worker_id = worker_id_;
      parse_options = parse_options_;
    }
    RunTally tally;
    absl::StatusOr<FinishedUnit> finished;
    // Only the network can fail here, and a fetch starts anew: the unit's bytes are the same.
    const absl::Status status = rpc::Retry(absl::InfiniteDuration(), [&] {
      if (unit->lost) return absl::CancelledError("lease lost");
      finished = RunUnit(client_, worker_id, parse_options, options_.local_files, *unit, tally);
      return finished.status();
    });
    counters_.fetch_bytes.Increment(tally.fetched_bytes);
    if (status.ok()) {
      Deliver(*finished, *unit);
    } else {
      Release(*unit, worker_id, status);
    }
    absl::MutexLock lock(&mutex_);
    running_.erase(unit);
  }

  void Release(const RunningUnit& unit, const std::string& worker_id, const absl::Status& why) {
    if (unit.lost || absl::IsFailedPrecondition(why)) {
      counters_.dropped.Increment();
      return;
    }
    v1::ReleaseUnitRequest request;
    request.set_worker_id(worker_id);
    request.set_lease_id(unit.lease.lease_id());
    request.set_unit_id(unit.lease.unit_id());
    request.set_fencing_token(unit.lease.fencing_token());
    request.set_failed(!absl::IsCancelled(why));
    request.set_error(std::string(why.message()));
    const absl::Status status = client_.Release(request);
    counters_.released.Increment();
    spdlog::info("gave unit {} back: {}{}", unit.lease.unit_id(), why.ToString(),
                 status.ok() ? "" : absl::StrCat(" (", status.ToString(), ")"));
  }

  void Deliver(const FinishedUnit& unit, const RunningUnit& running) {
    const absl::Status kept = spool_->Put(unit);
    if (!kept.ok()) spdlog::warn("cannot spool, sending from memory: {}", kept.ToString());
    const absl::Status status = SendCounted(unit);
    if (!absl::IsCancelled(status)) return;
    if (kept.ok() && !options_.spool_folder.empty()) return;  // goes out at the next start
    Release(running, unit.commit.worker_id(), status);
  }

  absl::Status SendCounted(const FinishedUnit& unit) {
    counters_.spooled.Increment();
    const absl::Status status = Send(unit);
    counters_.spooled.Decrement();
    if (absl::IsCancelled(status)) return status;  // stays in the spool
    if (status.ok()) {
      counters_.committed.Increment();
      counters_.games.Increment(unit.commit.rows_size());
    } else {
      counters_.dropped.Increment();
      spdlog::warn("unit {} was not taken: {}", unit.commit.unit_id(), status.ToString());
    }
    spool_->Remove(unit);
    return status;
  }

  // Upload and commit until the server has said yes or no.
  absl::Status Send(const FinishedUnit& unit) {
    v1::UploadShardHeader header;
    header.set_unit_id(unit.commit.unit_id());
    header.set_fencing_token(unit.commit.fencing_token());
    header.set_shard_digest(unit.commit.shard_digest());
    header.set_length_bytes(unit.shard.size());
    absl::Status status;
    for (int attempt = 0; attempt < kUploadTries; ++attempt) {
      if (!unit.shard.empty()) {
        MOYO_RETURN_IF_ERROR(rpc::Retry(absl::InfiniteDuration(), [&] {
          const absl::Status uploaded = client_.Upload(header, unit.shard);
          if (uploaded.ok()) counters_.upload_bytes.Increment(unit.shard.size());
          return WaitForSpace(uploaded);
        }));
      }
      status = rpc::Retry(absl::InfiniteDuration(),
                          [&] { return WaitForSpace(client_.Commit(unit.commit).status()); });
      if (!absl::IsNotFound(status)) return status;
    }
    return status;
  }

  void SendSpooled() {
    for (const std::string& name : spool_->List()) {
      const absl::StatusOr<FinishedUnit> unit = spool_->Get(name);
      if (!unit.ok()) {
        spdlog::warn("spool: {}", unit.status().ToString());
        continue;
      }
      spdlog::info("sending {} from the spool", name);
      (void)SendCounted(*unit);
    }
  }

  void HeartbeatUntilStopped() {
    absl::Time last = absl::Now();
    double games_before = 0;
    for (;;) {
      v1::HeartbeatRequest request;
      {
        absl::MutexLock lock(&mutex_);
        if (mutex_.AwaitWithTimeout(absl::Condition(&stopped_), heartbeat_interval_)) return;
        request.set_worker_id(worker_id_);
        for (const RunningUnit& unit : running_) {
          v1::LeaseProgress& lease = *request.add_leases();
          lease.set_lease_id(unit.lease.lease_id());
          lease.set_unit_id(unit.lease.unit_id());
          lease.set_fencing_token(unit.lease.fencing_token());
          lease.set_games_parsed(unit.games_parsed);
        }
      }
      const absl::Time now = absl::Now();
      const double games = counters_.games.Value();
      request.set_games_per_second((games - games_before) / absl::ToDoubleSeconds(now - last));
      request.set_rss_bytes(ReadMemoryUse().rss_bytes);
      request.set_spooled_shards(static_cast<uint32_t>(counters_.spooled.Value()));
      last = now;
      games_before = games;
      const auto response = client_.Heartbeat(request);
      if (response.ok()) MarkLost(*response);
    }
  }

  void MarkLost(const v1::HeartbeatResponse& response) {
    absl::MutexLock lock(&mutex_);
    for (RunningUnit& unit : running_) {
      const auto& lost = response.lost_lease_ids();
      if (std::find(lost.begin(), lost.end(), unit.lease.lease_id()) != lost.end())
        unit.lost = true;
    }
  }

  const WorkerOptions options_;
  CoordinatorClient client_;
  Counters counters_;
  std::optional<Spool> spool_;
  absl::Mutex register_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);  // one registration at a time
  absl::Mutex mutex_;
  std::string worker_id_ ABSL_GUARDED_BY(mutex_);
  ParseOptions parse_options_ ABSL_GUARDED_BY(mutex_);
  absl::Duration heartbeat_interval_ ABSL_GUARDED_BY(mutex_) = absl::Seconds(5);
  std::list<RunningUnit> running_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status result_ ABSL_GUARDED_BY(mutex_);
};

WorkerLoop::WorkerLoop(WorkerOptions options, metrics::Endpoint& endpoint)
    : state_(std::make_unique<State>(std::move(options), endpoint)) {}

WorkerLoop::~WorkerLoop() = default;

absl::Status WorkerLoop::Run() { return state_->Run(); }

}  // namespace moyo::worker
