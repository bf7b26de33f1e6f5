// Every game under some paths, found as a server finds them (common/source): folders with all below
// them but hidden files and links, files, and archives by their names.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/go/types.h"

namespace moyo::play {

// How far a walk is, in bytes of files (of archives: as stored).
struct WalkProgress {
  uint64_t done_bytes = 0;
  uint64_t total_bytes = 0;
};

struct WalkCounts {
  uint64_t files = 0;
  uint64_t games = 0;
  uint64_t unreadable_games = 0;  // found by the splitter, refused by the reader or over the limit
  uint64_t skipped_files = 0;     // not to be opened, or damaged: what comes before counts
};

enum class Walk : uint8_t { kContinue, kStop };
using GameVisitor =
    std::function<absl::StatusOr<Walk>(const go::GameRecord& game, const WalkProgress& progress)>;

// Calls `visit` for each readable game: paths in the order given, folders by name, so that the
// order is the same on every machine. Holds one game in memory. NOT_FOUND when a path is missing;
// INVALID_ARGUMENT when it is neither folder nor file; a visitor's error ends the walk.
absl::StatusOr<WalkCounts> WalkGames(const std::vector<std::string>& paths,
                                     const GameVisitor& visit);

}  // namespace moyo::play
