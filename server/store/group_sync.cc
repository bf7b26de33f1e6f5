#include "server/store/group_sync.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"

namespace moyo::store {

GroupSync::GroupSync(std::string path, Kind kind)
    : path_(std::move(path)), kind_(kind), thread_([this] { SyncUntilStopped(); }) {}

GroupSync::~GroupSync() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
  if (fd_ >= 0) close(fd_);
}

void GroupSync::Then(Done done) {
  absl::MutexLock lock(&mutex_);
  waiting_.push_back(std::move(done));
}

absl::Status GroupSync::Wait() {
  absl::Notification synced;
  absl::Status result;
  Then([&](const absl::Status& status) {
    result = status;
    synced.Notify();
  });
  synced.WaitForNotification();
  return result;
}

void GroupSync::SyncUntilStopped() {
  const auto has_work = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || !waiting_.empty();
  };
  while (true) {
    std::vector<Done> served;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(&has_work));
      if (waiting_.empty()) return;
      served.swap(waiting_);
    }
    // For all that have come so far; what comes meanwhile is served by the next.
    const absl::Status status = SyncNow();
    for (const Done& done : served) done(status);
  }
}

absl::Status GroupSync::failure() {
  absl::MutexLock lock(&mutex_);
  return failure_;
}

absl::Status GroupSync::SyncNow() {
  MOYO_RETURN_IF_ERROR(failure());
  MOYO_RETURN_IF_ERROR(OpenOnce());
  if ((kind_ == Kind::kFolder ? fsync(fd_) : fdatasync(fd_)) == 0) return absl::OkStatus();
  const absl::Status failed = absl::InternalError(
      absl::StrCat("cannot sync '", path_, "': ", std::strerror(errno),
                   "; restart the server when the disk is mended: what is on it is read again"));
  absl::MutexLock lock(&mutex_);
  failure_ = failed;
  return failed;
}

absl::Status GroupSync::OpenOnce() {
  if (fd_ >= 0) return absl::OkStatus();
  const int flags = kind_ == Kind::kFolder ? O_RDONLY | O_DIRECTORY : O_RDONLY;
  fd_ = open(path_.c_str(), flags | O_CLOEXEC);
  return fd_ >= 0 ? absl::OkStatus() : ErrnoStatus(errno, "open", path_);
}

}  // namespace moyo::store
