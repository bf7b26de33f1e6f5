#include "server/store/group_sync.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/files.h"
#include "common/base/status_macros.h"

namespace moyo::store {

GroupSync::~GroupSync() {
  if (fd_ >= 0) close(fd_);
}

absl::Status GroupSync::Wait() {
  if (path_.empty()) return absl::OkStatus();
  absl::MutexLock lock(&mutex_);
  const uint64_t call = ++asked_;
  const auto is_my_turn = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return synced_ >= call || !failure_.ok() || !is_syncing_;
  };
  while (true) {
    mutex_.Await(absl::Condition(&is_my_turn));
    if (!failure_.ok()) return failure_;
    if (synced_ >= call) return absl::OkStatus();
    MOYO_RETURN_IF_ERROR(OpenOnce());
    // This call syncs for all that have come so far.
    const uint64_t served = asked_;
    const int fd = fd_;
    is_syncing_ = true;
    mutex_.Unlock();
    const absl::Status status = SyncNow(fd);
    mutex_.Lock();
    is_syncing_ = false;
    if (status.ok()) synced_ = served;
    failure_.Update(status);
  }
}

absl::Status GroupSync::OpenOnce() {
  if (fd_ >= 0) return absl::OkStatus();
  const int flags = kind_ == Kind::kFolder ? O_RDONLY | O_DIRECTORY : O_RDONLY;
  fd_ = open(path_.c_str(), flags | O_CLOEXEC);
  return fd_ >= 0 ? absl::OkStatus() : ErrnoStatus(errno, "open", path_);
}

absl::Status GroupSync::SyncNow(int fd) const {
  const int result = kind_ == Kind::kFolder ? fsync(fd) : fdatasync(fd);
  return result == 0 ? absl::OkStatus() : ErrnoStatus(errno, "sync", path_);
}

}  // namespace moyo::store
