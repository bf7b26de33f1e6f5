// Finished units to the server: through the spool, upload, commit, and again until there is an
// answer.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "worker/loop/coordinator_client.h"
#include "worker/loop/spool.h"
#include "worker/loop/wait_log.h"
#include "worker/loop/worker_metrics.h"

namespace moyo::worker {

// True for what is the server's trouble and not this call's, so that a later try may go well: it is
// away, full or failing. What it says about the request itself is final.
bool MayBeMended(const absl::Status& status);
// rpc::Retry for such trouble, without end; CANCELLED on shutdown.
absl::Status RetryUntilMended(const std::function<absl::Status()>& call,
                              const rpc::OnWait& on_wait);

enum class Fate : uint8_t {
  kTaken,    // committed
  kStale,    // another worker has the unit, or the run is over: nothing is left to do
  kRefused,  // the server will never take it; the unit must be given back as failed
  kKept,     // it waits in the spool for a later try
  kLost,     // not taken, and nowhere kept: the unit must be given back
};

// Thread-safe.
class Delivery {
 public:
  // All must outlive the delivery. `resend_every`: least time between two tries of what is kept.
  Delivery(CoordinatorClient& client, Spool& spool, WorkerMetrics& metrics, WaitLog& wait_log,
           absl::Duration resend_every);

  // Sends a unit; rides out an outage of any length and ends early only on shutdown. `why` says why
  // it was not taken.
  Fate Deliver(const FinishedUnit& unit, absl::Status& why);
  // Sends what the spool holds of this run, one after the other. Units of other runs stay where
  // they are, for the server that they belong to. What cannot be read just now counts as kept.
  void SendSpooled(const std::string& run_id);
  // The same when units were kept and the last try was some time ago; one caller at a time.
  void SendKept(const std::string& run_id);

 private:
  // False: another thread is sending it.
  bool Begin(const std::string& name);
  void End(const std::string& name, bool waits);
  void SendAgainLater();
  absl::Status Send(const FinishedUnit& unit);
  // Retries the server's trouble: an outage or a full disk for ever, its failures a few times.
  absl::Status Persist(const std::function<absl::Status()>& call);
  Fate Settle(const FinishedUnit& unit, const absl::Status& status, bool is_kept);

  CoordinatorClient& client_;
  Spool& spool_;
  WorkerMetrics& metrics_;
  WaitLog& wait_log_;
  const absl::Duration resend_every_;
  absl::Mutex mutex_;
  // By name of the unit; true while it is being sent.
  std::map<std::string, bool> unacknowledged_ ABSL_GUARDED_BY(mutex_);
  absl::Time next_resend_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
};

}  // namespace moyo::worker
