// Asks a server for its status again and again on a thread of its own, so that whoever draws never
// waits for the network.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cli/server_connection.h"

namespace moyo::cli {

// Thread-safe.
class StatusPoller {
 public:
  struct Latest {
    v1::GetStatusResponse status;  // of the last answer
    absl::Time answered;
    std::string address;
    JoinBy join_by = JoinBy::kAddress;
    std::string error;   // of the last try; empty: it was answered
    uint64_t tries = 0;  // so far; rises with each answer or failure
  };

  // The first answer has come when this returns. UNAVAILABLE and the like: as
  // ServerConnection::Open and GetStatus.
  static absl::StatusOr<std::unique_ptr<StatusPoller>> Start(const ServerTarget& target,
                                                             absl::Duration pause);
  // Waits for the try under way: some seconds at most.
  ~StatusPoller();
  Latest latest() const;

 private:
  StatusPoller(const ServerTarget& target, absl::Duration pause,
               std::unique_ptr<ServerConnection> server);
  void Poll();
  void Take(const absl::StatusOr<v1::GetStatusResponse>& status);
  // True once the poller is to end.
  bool Pause();

  const ServerTarget target_;
  const absl::Duration pause_;
  std::unique_ptr<ServerConnection> server_;  // of the thread, once it runs
  mutable absl::Mutex mutex_;
  Latest latest_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace moyo::cli
