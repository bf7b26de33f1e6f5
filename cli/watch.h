// `moyo status --watch` on a terminal: the whole screen, drawn anew every second and when the
// window changes its size.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "cli/server_connection.h"

namespace moyo::cli {

// Until a signal. A server that goes away leaves its last state on the screen and is looked for
// again, also under a new address in its run directory. Fails only when there is no server at the
// start. Takes the terminal's alternate screen and gives it back; the last state stays below the
// prompt.
absl::Status WatchOnTerminal(const ServerTarget& target);

}  // namespace moyo::cli
