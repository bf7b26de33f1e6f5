// Makes what was written to a file or folder survive a power cut; callers that come together share
// one sync.
//
//   write(...);                      // to the file, or a rename in the folder
//   status = sync.Wait();            // on the disk now, with all that was written before the call
//
// So a disk that needs 5 ms for a sync does not bound the server to 200 calls a second.
#pragma once

#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace moyo::store {

// Thread-safe.
class GroupSync {
 public:
  enum class Kind : uint8_t { kFile, kFolder };
  // Opened at the first Wait: by then the path must be there. Empty: nothing to sync (a database in
  // memory).
  GroupSync(std::string path, Kind kind) : path_(std::move(path)), kind_(kind) {}
  ~GroupSync();
  GroupSync(const GroupSync&) = delete;
  GroupSync& operator=(const GroupSync&) = delete;

  // After one failed sync every later one fails, too: the kernel may have thrown away what it could
  // not write, so that a later success would say nothing. Restarting reads what is on the disk.
  absl::Status Wait();

 private:
  // The sync itself, without the lock.
  absl::Status SyncNow(int fd) const;
  absl::Status OpenOnce() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string path_;
  const Kind kind_;
  absl::Mutex mutex_;
  int fd_ ABSL_GUARDED_BY(mutex_) = -1;
  bool is_syncing_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t asked_ ABSL_GUARDED_BY(mutex_) = 0;   // calls so far
  uint64_t synced_ ABSL_GUARDED_BY(mutex_) = 0;  // the calls up to this one are served
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace moyo::store
