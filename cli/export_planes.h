// The work of `moyo export-planes`: shards in, NumPy arrays out.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "cli/planes/plane_writer.h"
#include "cli/planes/position_walk.h"
#include "cli/planes/shard_feed.h"
#include "cli/progress_bar.h"

namespace moyo::cli {

struct PlaneExportOptions {
  PlaneWriterOptions writer;  // .folder is where the files go; made when missing
  PositionWalk::Options walk = {};
};

struct PlaneExportResult {
  WalkCounts counts = {};
  uint64_t shards = 0;
  uint64_t files = 0;  // batches
  uint64_t bytes = 0;
  std::string dataset_digest;
};

// Writes the arrays, then FOLDER/export.json (PlaneExportJson). One shard and one file's positions
// are in memory at a time. FAILED_PRECONDITION: the folder holds an export already, whose files
// would be taken for this one's. NOT_FOUND: no 19x19 position in the shards. CANCELLED: a signal.
absl::StatusOr<PlaneExportResult> ExportPlanes(ShardFeed& feed, const PlaneExportOptions& options,
                                               ProgressBar& progress);

// What was written, how it lies, and what was left out. Keys are stable; more may be added.
nlohmann::ordered_json PlaneExportJson(const PlaneExportOptions& options,
                                       const PlaneExportResult& result);

}  // namespace moyo::cli
