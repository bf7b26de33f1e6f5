// Makes what was written to a file or folder survive a power cut; callers that come together share
// one sync.
//
//   write(...);                      // to the file, or a rename in the folder
//   status = sync.Wait();            // on the disk now, with all that was written before the call
//
// So a disk that needs 5 ms for a sync does not bound the server to 200 calls a second.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace moyo::store {

// Thread-safe. Has a thread of its own.
class GroupSync {
 public:
  enum class Kind : uint8_t { kFile, kFolder };
  using Done = std::function<void(const absl::Status&)>;

  // The path is opened for the first sync: by then it must be there.
  GroupSync(std::string path, Kind kind);
  // After what was asked for is done.
  ~GroupSync();
  GroupSync(const GroupSync&) = delete;
  GroupSync& operator=(const GroupSync&) = delete;

  // Calls `done` on the sync's thread, which it must not keep long.
  //
  // After one failed sync every later one fails, too: the kernel may have thrown away what it could
  // not write, so that a later success would say nothing. INTERNAL, whatever the disk lacks: to the
  // caller no waiting mends it. Restarting reads what is on the disk.
  void Then(Done done);
  // The same, and waits for it.
  absl::Status Wait();
  // That of the sync that failed; OK: none did.
  absl::Status failure();

 private:
  void SyncUntilStopped();
  absl::Status SyncNow();
  absl::Status OpenOnce();

  const std::string path_;
  const Kind kind_;
  int fd_ = -1;  // of the thread alone
  absl::Mutex mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::vector<Done> waiting_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace moyo::store
