#include "common/base/output.h"

#include <poll.h>
#include <unistd.h>

#include <cstdio>

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
  if (IsUnread(STDOUT_FILENO)) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      "the output could not be written whole; free some space and run again");
}

}  // namespace moyo
