#include "worker/loop/delivery.h"

#include <spdlog/spdlog.h>

#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/rpc/channel.h"

namespace moyo::worker {
namespace {

constexpr int kUploadTries = 3;
constexpr int kFailureTries = 4;

bool IsFailure(const absl::Status& status) {
  return absl::IsInternal(status) || absl::IsUnknown(status);
}

}  // namespace

bool MayBeMended(const absl::Status& status) {
  return rpc::IsRetryable(status) || IsFailure(status) || absl::IsResourceExhausted(status);
}

absl::Status RetryUntilMended(const std::function<absl::Status()>& call,
                              const rpc::OnWait& on_wait) {
  const auto once = [&] {
    const absl::Status status = call();
    return MayBeMended(status) ? absl::UnavailableError(status.message()) : status;
  };
  return rpc::Retry(absl::InfiniteDuration(), once, on_wait);
}

Delivery::Delivery(CoordinatorClient& client, Spool& spool, WorkerMetrics& metrics,
                   WaitLog& wait_log, absl::Duration resend_every)
    : client_(client),
      spool_(spool),
      metrics_(metrics),
      wait_log_(wait_log),
      resend_every_(resend_every) {}

bool Delivery::Begin(const std::string& name) {
  absl::MutexLock lock(&mutex_);
  if (std::exchange(unacknowledged_[name], true)) return false;
  metrics_.spooled.Set(static_cast<double>(unacknowledged_.size()));
  return true;
}

void Delivery::End(const std::string& name, bool waits) {
  absl::MutexLock lock(&mutex_);
  if (waits) {
    unacknowledged_[name] = false;
    next_resend_ = Clock::Steady().Now() + resend_every_;
  } else {
    unacknowledged_.erase(name);
  }
  metrics_.spooled.Set(static_cast<double>(unacknowledged_.size()));
}

void Delivery::SendAgainLater() {
  absl::MutexLock lock(&mutex_);
  next_resend_ = Clock::Steady().Now() + resend_every_;
}

Fate Delivery::Deliver(const FinishedUnit& unit, absl::Status& why) {
  const std::string name = Spool::NameOf(unit);
  Begin(name);
  const absl::Status kept = spool_.Put(unit);
  if (!kept.ok()) spdlog::warn("cannot spool, sending from memory: {}", kept.ToString());
  why = Send(unit);
  const Fate fate = Settle(unit, why, kept.ok() && spool_.keeps());
  End(name, fate == Fate::kKept);
  return fate;
}

Fate Delivery::Settle(const FinishedUnit& unit, const absl::Status& status, bool is_kept) {
  if (status.ok()) {
    metrics_.committed.Increment();
    metrics_.games.Increment(unit.commit.rows_size());
    spool_.Remove(Spool::NameOf(unit));
    return Fate::kTaken;
  }
  if (!absl::IsCancelled(status)) {
    spdlog::warn("unit {} was not taken: {}", unit.commit.unit_id(), status.ToString());
  }
  if (absl::IsFailedPrecondition(status)) {
    metrics_.dropped.Increment();
    spool_.Remove(Spool::NameOf(unit));
    return Fate::kStale;
  }
  // DATA_LOSS: another digest stands, so one of two machines is at fault, and a person will want to
  // compare.
  if (absl::IsDataLoss(status) || absl::IsInvalidArgument(status)) {
    metrics_.dropped.Increment();
    spool_.SetAside(unit);
    return absl::IsDataLoss(status) ? Fate::kStale : Fate::kRefused;
  }
  return is_kept ? Fate::kKept : Fate::kLost;
}

absl::Status Delivery::Send(const FinishedUnit& unit) {
  v1::UploadShardHeader header;
  header.set_unit_id(unit.commit.unit_id());
  header.set_fencing_token(unit.commit.fencing_token());
  header.set_shard_digest(unit.commit.shard_digest());
  header.set_length_bytes(unit.shard.size());
  header.set_run_id(unit.commit.run_id());
  absl::Status status;
  for (int attempt = 0; attempt < kUploadTries; ++attempt) {
    if (!unit.shard.empty()) {
      MOYO_RETURN_IF_ERROR(Persist([&] {
        const absl::Status uploaded = client_.Upload(header, unit.shard);
        if (uploaded.ok()) metrics_.upload_bytes.Increment(unit.shard.size());
        return uploaded;
      }));
    }
    status = Persist([&] { return client_.Commit(unit.commit).status(); });
    if (!absl::IsNotFound(status)) return status;
  }
  return status;
}

absl::Status Delivery::Persist(const std::function<absl::Status()>& call) {
  int failures = 0;
  const auto once = [&] {
    const absl::Status status = call();
    const bool try_again =
        absl::IsResourceExhausted(status) || (IsFailure(status) && ++failures < kFailureTries);
    return try_again ? absl::UnavailableError(status.message()) : status;
  };
  return rpc::Retry(absl::InfiniteDuration(), once, wait_log_.While("sending a finished unit"));
}

void Delivery::SendSpooled(const std::string& run_id) {
  const absl::StatusOr<std::vector<std::string>> names = spool_.List();
  if (!names.ok()) {
    spdlog::warn("spool: {}; it is looked through again later", names.status().ToString());
    return SendAgainLater();
  }
  int others = 0;
  for (const std::string& name : *names) {
    if (ShutdownRequested()) break;
    if (!Begin(name)) continue;
    const absl::StatusOr<FinishedUnit> unit = spool_.Get(name);
    if (unit.ok() && unit->commit.run_id() == run_id) {
      spdlog::info("sending {} from the spool", name);
      End(name, Settle(*unit, Send(*unit), true) == Fate::kKept);
      continue;
    }
    others += unit.ok();
    // Short of memory or open files, or a disk that fails now and then: a later try may read it.
    const bool waits =
        !unit.ok() && !absl::IsDataLoss(unit.status()) && !absl::IsNotFound(unit.status());
    if (absl::IsDataLoss(unit.status())) {
      spdlog::warn("{}; removed, its unit will be parsed again", unit.status().ToString());
      spool_.Remove(name);
    } else if (!unit.ok()) {
      spdlog::warn("spool: {}{}", unit.status().ToString(), waits ? "; it is tried again" : "");
    }
    End(name, waits);
  }
  if (others > 0) {
    spdlog::warn("{} spooled shard(s) are of another run; they stay for its server", others);
  }
}

void Delivery::SendKept(const std::string& run_id) {
  {
    absl::MutexLock lock(&mutex_);
    if (Clock::Steady().Now() < next_resend_) return;
    next_resend_ = absl::InfiniteFuture();
  }
  SendSpooled(run_id);
}

}  // namespace moyo::worker
