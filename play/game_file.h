// One game from an SGF file, and back to one.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/go/types.h"

namespace moyo::play {

// The game numbered `index` (from 0) of a file. A game that is damaged further on keeps the moves
// before that. NOT_FOUND, PERMISSION_DENIED, OUT_OF_RANGE (fewer games), INVALID_ARGUMENT (no game
// in it).
absl::StatusOr<go::GameRecord> LoadGame(const std::string& path, size_t index = 0);
// Atomically: an existing file stays whole until the new one replaces it.
absl::Status SaveGame(const go::GameRecord& game, const std::string& path);

}  // namespace moyo::play
