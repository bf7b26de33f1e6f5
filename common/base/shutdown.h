// SIGINT and SIGTERM as a flag and a wait, for programs that must stop in order.
#pragma once

#include "absl/time/time.h"

namespace moyo {

// Installs the handlers; call once, first in main. A second signal ends the process at once.
void InstallShutdownHandlers();
// True once a signal came (or RequestShutdown was called).
bool ShutdownRequested();
void RequestShutdown();
// Waits until shutdown is requested, at most `timeout`, which may be infinite; returns
// ShutdownRequested().
bool WaitForShutdown(absl::Duration timeout);

}  // namespace moyo
