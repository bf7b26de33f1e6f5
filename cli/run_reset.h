// Removes the results of a run from its directory. Files only; neither server nor trainer may be
// running on it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace moyo::cli {

struct ResetScope {
  bool shards = false;  // server/, spool/, trainer/cache/
  bool model = false;   // trainer/, model.pt, trained-with
};

struct ResetItem {
  std::string path;
  uint64_t files = 0;
  uint64_t bytes = 0;
};

// What is there and would go. NOT_FOUND and FAILED_PRECONDITION as CheckRunFolder.
absl::StatusOr<std::vector<ResetItem>> ListReset(const std::string& run_dir, ResetScope scope);

// Removes it, the locks last: no program starts on a half of it. FAILED_PRECONDITION: a server
// holds RUN_DIR/server/lock, or a trainer RUN_DIR/trainer/lock.
absl::Status ApplyReset(const std::string& run_dir, const std::vector<ResetItem>& items);

}  // namespace moyo::cli
