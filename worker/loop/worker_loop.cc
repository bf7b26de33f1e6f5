#include "worker/loop/worker_loop.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <list>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/base/clock.h"
#include "common/base/memory.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/base/stop_flag.h"
#include "common/rpc/protocol.h"
#include "common/rpc/server_access.h"
#include "common/sgf/game_reader.h"
#include "worker/loop/coordinator_client.h"
#include "worker/loop/delivery.h"
#include "worker/loop/spool.h"
#include "worker/loop/unit_runner.h"
#include "worker/loop/wait_log.h"
#include "worker/loop/worker_metrics.h"

namespace moyo::worker {
namespace {

constexpr absl::Duration kIdleWait = absl::Milliseconds(50);
constexpr absl::Duration kWatchEvery = absl::Milliseconds(100);
// What is nearly done may end before the worker leaves.
constexpr absl::Duration kLeavePatience = absl::Seconds(1);
constexpr absl::Duration kLongestHeartbeat = absl::Seconds(30);
// Lessees of each slot: while one parses, the others' finished units are on their way, which is a
// matter of waiting: for this disk, the network and the server's disk.
constexpr int kLesseesPerSlot = 4;

}  // namespace

class WorkerLoop::State {
 public:
  State(WorkerOptions options, metrics::Endpoint& endpoint)
      : options_(std::move(options)),
        client_(options_.server),
        wait_log_(options_.server.address),
        metrics_(endpoint.registry()),
        free_slots_(options_.parallel) {}

  absl::Status Run() {
    MOYO_ASSIGN_OR_RETURN(spool_, Spool::Open(options_.spool_folder));
    metrics_.slots.Set(options_.parallel);
    delivery_ =
        std::make_unique<Delivery>(client_, *spool_, metrics_, wait_log_, options_.resend_interval);
    std::thread watcher([this] { Watch(); });
    std::thread heartbeat;
    std::vector<std::thread> lessees;
    absl::Status joined = client_.Connect(wait_log_.While("connecting"));
    if (joined.ok()) joined = Register("");
    if (joined.ok()) {
      heartbeat = std::thread([this] { HeartbeatUntilStopped(); });
      delivery_->SendSpooled(CurrentRegistration().run_id);
      for (int i = 0; i < options_.parallel * kLesseesPerSlot; ++i) {
        lessees.emplace_back([this] { LeaseUntilDone(); });
      }
    } else {
      Stop(joined);
    }
    for (std::thread& lessee : lessees) lessee.join();
    stopped_.Set();
    client_.CancelCalls();
    if (heartbeat.joinable()) heartbeat.join();
    watcher.join();
    absl::MutexLock lock(&mutex_);
    // Shutdown is how a worker is meant to end.
    return absl::IsCancelled(result_) ? absl::OkStatus() : result_;
  }

 private:
  // Ends calls that hang when the worker is to leave; says now and then how it goes.
  void Watch() {
    Tally before;
    absl::Time last = Clock::Steady().Now();
    for (;;) {
      if (stopped_.WaitFor(kWatchEvery)) return;
      if (ShutdownRequested()) break;
      const absl::Time now = Clock::Steady().Now();
      if (now - last < options_.summary_interval) continue;
      LogSummary(before, now - last);
      last = now;
    }
    if (stopped_.WaitFor(kLeavePatience)) return;
    client_.CancelCalls();
  }

  struct Tally {
    double units = 0;
    double games = 0;
  };

  void LogSummary(Tally& before, absl::Duration passed) {
    const Tally now{metrics_.committed.Value(), metrics_.games.Value()};
    size_t running = 0;
    {
      absl::MutexLock lock(&mutex_);
      running = running_.size();
    }
    const double spooled = metrics_.spooled.Value();
    const bool is_idle = now.units == before.units && running == 0 && spooled == 0;
    if (!is_idle) {
      spdlog::info(
          "{:.0f} units, {:.0f} games done; lately {:.0f} games/s, {} units at work, "
          "{:.0f} finished ones wait for the server",
          now.units, now.games, (now.games - before.games) / absl::ToDoubleSeconds(passed), running,
          spooled);
    }
    before = now;
  }

  // `unknown_id` is what the server does not know; when another thread has a new one already,
  // nothing is left to do.
  absl::Status Register(const std::string& unknown_id) {
    absl::MutexLock registering(&register_mutex_);
    if (CurrentRegistration().worker_id != unknown_id) return absl::OkStatus();
    v1::RegisterWorkerRequest request;
    request.set_name(options_.name);
    request.set_protocol_version(rpc::kProtocolVersion);
    request.set_parser_version(sgf::kParserVersion);
    request.set_parallel(options_.parallel);
    const auto once = [&] {
      const auto response = client_.Register(request);
      if (!response.ok()) {
        spdlog::debug("register at {}: {}", options_.server.address, response.status().ToString());
        return response.status();
      }
      const ParseOptions parse = FromProto(response->options());
      MOYO_RETURN_IF_ERROR(CheckMachine(parse.filter, sgf::CharsetsOfThisMachine()));
      absl::MutexLock lock(&mutex_);
      if (registration_.run_id != response->run_id()) {
        for (RunningUnit& unit : running_) unit.lost = true;  // of a run that is over
      }
      registration_ = {response->worker_id(), response->run_id(), parse};
      heartbeat_interval_ = absl::Milliseconds(std::max(100u, response->heartbeat_interval_ms()));
      spdlog::info("registered at {} as {}", options_.server.address, registration_.worker_id);
      return absl::OkStatus();
    };
    return RetryUntilMended(once, wait_log_.While("registering"));
  }

  Registration CurrentRegistration() {
    absl::MutexLock lock(&mutex_);
    return registration_;
  }

  void Stop(absl::Status result) {
    {
      absl::MutexLock lock(&mutex_);
      if (result_.ok()) result_ = std::move(result);
    }
    client_.CancelCalls();
  }

  bool Failed() {
    absl::MutexLock lock(&mutex_);
    return !result_.ok();
  }

  // Leave to lease a unit and parse it.
  class Slot {
   public:
    explicit Slot(State& state) : state_(state) {
      absl::MutexLock lock(&state_.mutex_);
      state_.mutex_.Await(absl::Condition(
          +[](int* free_slots) { return *free_slots > 0; }, &state_.free_slots_));
      --state_.free_slots_;
    }
    ~Slot() { GiveBack(); }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    void GiveBack() {
      absl::MutexLock lock(&state_.mutex_);
      state_.free_slots_ += std::exchange(held_, 0);
    }

   private:
    State& state_;
    int held_ = 1;
  };

  void LeaseUntilDone() {
    while (!ShutdownRequested() && !Failed()) {
      Slot slot(*this);
      if (ShutdownRequested() || Failed()) return;
      const Registration as = CurrentRegistration();
      v1::LeaseUnitRequest request;
      request.set_worker_id(as.worker_id);
      v1::LeaseUnitResponse response;
      const auto lease = [&]() -> absl::Status {
        MOYO_ASSIGN_OR_RETURN(response, client_.Lease(request));
        return absl::OkStatus();
      };
      absl::Status status = RetryUntilMended(lease, wait_log_.While("asking for work"));
      if (absl::IsNotFound(status)) {  // the server was started anew, or reset
        if (status = Register(as.worker_id); status.ok()) continue;
      }
      if (!status.ok()) return Stop(status);
      if (response.has_lease()) {
        RunLease(response.lease(), as, slot);
      } else {
        delivery_->SendKept(as.run_id);
        if (response.all_done() && options_.exit_when_done) return;
        WaitForShutdown(std::max(kIdleWait, absl::Milliseconds(response.retry_after_ms())));
      }
    }
  }

  void RunLease(const v1::Lease& lease, const Registration& as, Slot& slot) {
    const absl::Time begin = Clock::Steady().Now();
    std::list<RunningUnit>::iterator unit;
    {
      absl::MutexLock lock(&mutex_);
      if (as.run_id != registration_.run_id) return;
      unit = running_.emplace(running_.end());
      unit->lease = lease;
    }
    metrics_.busy_slots.Increment();
    absl::StatusOr<FinishedUnit> finished;
    // A fetch starts anew: the unit's bytes are the same.
    const auto run = [&] {
      if (unit->lost) return absl::CancelledError("lease lost");
      finished = RunUnit(client_, as, options_.local_files, *unit);
      return finished.status();
    };
    const absl::Status status = RetryUntilMended(run, wait_log_.While("fetching games"));
    metrics_.fetch_bytes.Increment(static_cast<double>(unit->read.fetched_bytes));
    const absl::Time parsed = Clock::Steady().Now();
    metrics_.parse_seconds.Increment(absl::ToDoubleSeconds(parsed - begin));
    metrics_.busy_slots.Decrement();
    slot.GiveBack();
    if (status.ok()) {
      Deliver(*finished, *unit, as);
    } else {
      GiveBack(*unit, as, status);
    }
    metrics_.deliver_seconds.Increment(absl::ToDoubleSeconds(Clock::Steady().Now() - parsed));
    spdlog::debug("unit {} under token {}: {} games, {} bytes, {} ms", lease.unit_id(),
                  lease.fencing_token(), unit->games_parsed.load(), unit->read.bytes_read.load(),
                  absl::ToInt64Milliseconds(Clock::Steady().Now() - begin));
    absl::MutexLock lock(&mutex_);
    running_.erase(unit);
  }

  void Deliver(const FinishedUnit& finished, const RunningUnit& unit, const Registration& as) {
    absl::Status why;
    const Fate fate = delivery_->Deliver(finished, why);
    if (rpc::IsAccessRefused(why)) return Stop(why);  // what is kept waits for another token
    if (fate == Fate::kLost) GiveBack(unit, as, why);
    // Counted as dropped already.
    if (fate == Fate::kRefused && !unit.lost) (void)Release(unit, as, why);
  }

  void GiveBack(const RunningUnit& unit, const Registration& as, const absl::Status& why) {
    if (unit.lost || absl::IsFailedPrecondition(why)) {
      metrics_.dropped.Increment();
    } else if (Release(unit, as, why).ok()) {
      metrics_.released.Increment();
    }
  }

  absl::Status Release(const RunningUnit& unit, const Registration& as, const absl::Status& why) {
    v1::ReleaseUnitRequest request;
    request.set_worker_id(as.worker_id);
    request.set_run_id(as.run_id);
    request.set_lease_id(unit.lease.lease_id());
    request.set_unit_id(unit.lease.unit_id());
    request.set_fencing_token(unit.lease.fencing_token());
    request.set_failed(!absl::IsCancelled(why));
    request.set_error(std::string(why.message()));
    const absl::Status status = client_.Release(request);
    spdlog::info("gave unit {} back: {}{}", unit.lease.unit_id(), why.ToString(),
                 status.ok() ? "" : absl::StrCat(" (", status.ToString(), ")"));
    return status;
  }

  absl::Duration HeartbeatInterval() {
    absl::MutexLock lock(&mutex_);
    return heartbeat_interval_;
  }

  void HeartbeatUntilStopped() {
    absl::Time last = Clock::Steady().Now();
    double games_before = 0;
    for (;;) {
      v1::HeartbeatRequest request;
      absl::Duration timeout;
      if (stopped_.WaitFor(HeartbeatInterval())) return;
      {
        absl::MutexLock lock(&mutex_);
        // One that is stuck must not cost the leases.
        timeout = std::clamp(2 * heartbeat_interval_, absl::Seconds(1), kLongestHeartbeat);
        FillHeartbeat(request);
      }
      const absl::Time now = Clock::Steady().Now();
      const double games = metrics_.games.Value();
      request.set_games_per_second((games - games_before) / absl::ToDoubleSeconds(now - last));
      request.set_rss_bytes(ReadMemoryUse().rss_bytes);
      request.set_spooled_shards(static_cast<uint32_t>(metrics_.spooled.Value()));
      last = now;
      games_before = games;
      const auto response = client_.Heartbeat(request, timeout);
      if (response.ok()) MarkLost(*response);
      if (!response.ok()) metrics_.heartbeat_failures.Increment();
      // A server that was started anew renews nothing for a worker that it does not know.
      if (absl::IsNotFound(response.status())) (void)Register(request.worker_id());
    }
  }

  void FillHeartbeat(v1::HeartbeatRequest& request) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    request.set_worker_id(registration_.worker_id);
    for (const RunningUnit& unit : running_) {
      v1::LeaseProgress& lease = *request.add_leases();
      lease.set_lease_id(unit.lease.lease_id());
      lease.set_unit_id(unit.lease.unit_id());
      lease.set_fencing_token(unit.lease.fencing_token());
      lease.set_games_parsed(unit.games_parsed);
      lease.set_bytes_read(unit.read.bytes_read);
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
  WaitLog wait_log_;
  WorkerMetrics metrics_;
  std::unique_ptr<Spool> spool_;
  std::unique_ptr<Delivery> delivery_;
  absl::Mutex register_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);  // one registration at a time
  absl::Mutex mutex_;
  Registration registration_ ABSL_GUARDED_BY(mutex_);
  int free_slots_ ABSL_GUARDED_BY(mutex_);
  absl::Duration heartbeat_interval_ ABSL_GUARDED_BY(mutex_) = absl::Seconds(5);
  std::list<RunningUnit> running_ ABSL_GUARDED_BY(mutex_);
  StopFlag stopped_;
  absl::Status result_ ABSL_GUARDED_BY(mutex_);
};

WorkerLoop::WorkerLoop(WorkerOptions options, metrics::Endpoint& endpoint)
    : state_(std::make_unique<State>(std::move(options), endpoint)) {}

WorkerLoop::~WorkerLoop() = default;

absl::Status WorkerLoop::Run() { return state_->Run(); }

}  // namespace moyo::worker
