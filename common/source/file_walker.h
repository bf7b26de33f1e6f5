// Files below a path, in order.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"

namespace moyo::source {

struct WalkOptions {
  std::string skipped_folder;  // absolute; our own run directory
};

// Calls `visit` with every regular file that is not hidden, in the order of the paths; symbolic
// links inside are not followed. A path that is a file is visited whatever its name. Stops when
// visit returns an error, and returns it. NOT_FOUND: the path does not exist. A folder that cannot
// be read goes to `visit` as it is, so that it gets its row. UNAVAILABLE: no folder is at fault but
// the machine (ErrnoStatus), and the walk is to be made again.
absl::Status WalkFiles(const std::string& path, const WalkOptions& options,
                       const std::function<absl::Status(const std::string&)>& visit);

}  // namespace moyo::source
