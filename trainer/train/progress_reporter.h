// Tells the server how training goes, without ever holding it up.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/server_access.h"
#include "moyo/v1/training.pb.h"

namespace moyo::trainer {

// Thread-safe. A server that is away misses reports and gets the newest when it is back.
class ProgressReporter {
 public:
  // `server` is checked (rpc::AwaitServer); without an address, reports to nobody.
  explicit ProgressReporter(const rpc::ServerAccess& server);
  ~ProgressReporter();  // sends the last report, within a few seconds
  void Report(v1::TrainingProgress progress);

 private:
  void Run(const rpc::ServerAccess& server);

  absl::Mutex mutex_;
  v1::TrainingProgress latest_ ABSL_GUARDED_BY(mutex_);
  bool dirty_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace moyo::trainer
