// What the server knows of the training: the newest report and the curves, which outlive a restart
// as two settings of the store.
//
//   TrainingRecord record(store, clock);
//   record.Load();
//   record.Add(report);      // once a second or so
//   record.newest();         // none before the first report
//
// Thread-safe. Whoever asks does not wait for the disk; who reports waits for it, and for others
// who report.
#pragma once

#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "moyo/v1/training.pb.h"
#include "server/store/store.h"
#include "server/training_history.h"

namespace moyo::server {

class TrainingRecord {
 public:
  TrainingRecord(store::Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  // From the last life of the server; curves that cannot be read begin anew. The store's errors.
  absl::Status Load();
  // Stored every few seconds, and at once when the training is over. The store's errors; what was
  // reported is remembered all the same. Control characters of its error are kept escaped.
  absl::Status Add(v1::TrainingProgress report);
  // Stores what is only in memory.
  absl::Status Flush();

  std::optional<v1::TrainingProgress> newest();
  v1::TrainingHistory curves();

 private:
  absl::Status StoreNewest() ABSL_EXCLUSIVE_LOCKS_REQUIRED(reporting_);
  absl::Status StoreCurves() ABSL_EXCLUSIVE_LOCKS_REQUIRED(reporting_);

  store::Store& store_;
  const Clock& clock_;

  // Held from a report's coming to its end, so that the store gets them in their order.
  absl::Mutex reporting_ ABSL_ACQUIRED_BEFORE(mutex_);
  absl::Time newest_stored_ ABSL_GUARDED_BY(reporting_) = absl::InfinitePast();
  absl::Time curves_stored_ ABSL_GUARDED_BY(reporting_) = absl::InfinitePast();

  absl::Mutex mutex_;
  std::optional<v1::TrainingProgress> newest_ ABSL_GUARDED_BY(mutex_);
  TrainingHistory history_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace moyo::server
