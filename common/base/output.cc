#include "common/base/output.h"

#include <poll.h>
#include <unistd.h>

#include <cstdio>

#include "common/base/shutdown.h"

namespace moyo {
namespace {

// A pipe or socket whose other end is closed, or no open file at all.
bool IsUnread(int fd) {
  pollfd look = {fd, POLLOUT, 0};
  return poll(&look, 1, 0) > 0 && (look.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
}

}  // namespace

absl::Status FlushOutput() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return absl::OkStatus();
  if (ShutdownRequested()) {  // it ends a write that waits for a slow reader
    return absl::CancelledError("stopped by a signal; the output is not whole");
  }
  if (IsUnread(STDOUT_FILENO)) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      "the output could not be written whole; free some space and run again");
}

}  // namespace moyo
