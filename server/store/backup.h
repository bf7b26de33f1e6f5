// A copy of a store that may be in use, as it was at one moment.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace moyo::store {

struct BackupResult {
  uint64_t shards = 0;
  uint64_t bytes = 0;  // of the database and the shards
};

// Copies the store in `folder` to the empty or missing folder `out`, on the disk when it returns. A
// server may go on meanwhile: the database is read in one snapshot, and a shard that it names is
// never changed or removed. The copy counts as another run (Store::run_id), because the first one
// goes on: what a worker holds of it must not reach a server that was begun from the copy.
//
// NOT_FOUND: no store there. RESOURCE_EXHAUSTED: disk full. DATA_LOSS: a shard is missing.
absl::StatusOr<BackupResult> BackUp(const std::string& folder, const std::string& out);

}  // namespace moyo::store
