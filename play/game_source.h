// Every game under some paths: folders (with all below them), files, and archives (.zip, .tar,
// .tar.gz, .tgz, .tar.xz, .tar.zst, .7z).
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
  uint64_t unreadable_games = 0;  // found by the splitter, refused by the reader
  uint64_t skipped_files = 0;     // larger than kMaxFileBytes, or not to be opened
};

inline constexpr uint64_t kMaxFileBytes = uint64_t{1} << 30;

enum class Walk : uint8_t { kContinue, kStop };
using GameVisitor =
    std::function<absl::StatusOr<Walk>(const go::GameRecord& game, const WalkProgress& progress)>;

// Calls `visit` for each readable game: paths in the order given, folders by name, so that the
// order is the same on every machine. NOT_FOUND when a path is missing; a visitor's error ends the
// walk.
absl::StatusOr<WalkCounts> WalkGames(const std::vector<std::string>& paths,
                                     const GameVisitor& visit);

}  // namespace moyo::play
