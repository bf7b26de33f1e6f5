#include "common/base/shutdown.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "common/base/clock.h"

namespace moyo {
namespace {

std::atomic<bool> requested = false;
int wake_pipe[2] = {-1, -1};  // written once; never read, so that every waiter sees it

void HandleSignal(int) {
  if (requested.exchange(true)) _exit(130);
  [[maybe_unused]] const ssize_t ignored = write(wake_pipe[1], "x", 1);
}

}  // namespace

void InstallShutdownHandlers() {
  if (wake_pipe[0] < 0 && pipe(wake_pipe) != 0) return;
  struct sigaction action = {};
  action.sa_handler = HandleSignal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

bool ShutdownRequested() { return requested.load(); }

void RequestShutdown() {
  if (requested.exchange(true)) return;
  if (wake_pipe[1] >= 0) [[maybe_unused]]
    const ssize_t ignored = write(wake_pipe[1], "x", 1);
}

bool WaitForShutdown(absl::Duration timeout) {
  const Clock& clock = Clock::Steady();
  const absl::Time deadline = clock.Now() + timeout;
  while (!ShutdownRequested()) {
    const absl::Duration left = deadline - clock.Now();
    if (left <= absl::ZeroDuration()) break;
    pollfd wait = {wake_pipe[0], POLLIN, 0};
    // Cut first: an infinite wait has no milliseconds to add one to.
    const absl::Duration most = std::min(left, absl::Minutes(1));
    poll(&wait, 1, static_cast<int>(absl::ToInt64Milliseconds(most) + 1));
  }
  return ShutdownRequested();
}

}  // namespace moyo
