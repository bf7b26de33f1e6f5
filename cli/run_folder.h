// The run directory: one folder that holds everything of a run. Its version file tells what it is.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace moyo::cli {

// OK when `run_dir` is a run directory of this version. NOT_FOUND: it is none, or not there.
// FAILED_PRECONDITION: another version; the message names both.
absl::Status CheckRunFolder(const std::string& run_dir);

// Makes the folder and its version file, or checks the one that is there. FAILED_PRECONDITION:
// another version, or a folder with other things in it.
absl::Status OpenRunFolder(const std::string& run_dir);

// RUN_DIR/logs/NAME.log; the folder is made.
std::string LogPath(const std::string& run_dir, const std::string& name);

}  // namespace moyo::cli
