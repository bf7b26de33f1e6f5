// A look at the games before anything starts, so that a wrong path costs a second and one clear
// line.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace moyo::cli {

// INVALID_ARGUMENT: a path is neither folder nor file. NOT_FOUND: a path does not exist, a folder
// is empty, or no game is in any of its files (the first thousand are looked at; what lies beyond
// them is the server's to judge). Archives count as games.
absl::Status CheckInputs(const std::vector<std::string>& paths);

}  // namespace moyo::cli
