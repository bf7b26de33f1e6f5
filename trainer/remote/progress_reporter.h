// Tells the server how training goes, without ever holding it up.
#pragma once

#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/server_access.h"
#include "moyo/v1/training.pb.h"
#include "trainer/train/training_report.h"

namespace moyo::trainer {

// Thread-safe. A server that is away misses reports and gets the newest when it is back: a report
// that failed is sent again until a newer one takes its place.
class ProgressReporter final : public TrainingObserver {
 public:
  // `server` is checked (rpc::AwaitServer).
  explicit ProgressReporter(const rpc::ServerAccess& server);
  ~ProgressReporter() override;  // sends the last report, within a few seconds
  void OnReport(const TrainingReport& report) override;

 private:
  void Run(const rpc::ServerAccess& server);
  // After a report that did not get there; false when it was tried often enough.
  bool WaitToSendAgain();

  absl::Mutex mutex_;
  v1::TrainingProgress latest_ ABSL_GUARDED_BY(mutex_);
  bool dirty_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  // Known once a report failed after training had ended; the thread's own.
  absl::Time give_up_ = absl::InfiniteFuture();
  std::thread thread_;
};

}  // namespace moyo::trainer
