// Fetches the finished shards of a server as files that NumPy opens, each checked against its
// digest.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "cli/progress_bar.h"
#include "cli/server_connection.h"
#include "common/shard/shard.h"

namespace moyo::cli {

struct DownloadResult {
  uint64_t downloaded = 0;
  uint64_t kept = 0;  // were there already, and right
  uint64_t bytes = 0;
  uint64_t games = 0;  // rows but those left out
  std::string dataset_digest;
};

// Writes OUT/unit-XXXXXXXX.npz for each shard of the manifest, then OUT/manifest.json. Files that
// are there and right are kept, so that a repeated call goes on. DATA_LOSS: the server sent other
// bytes than the manifest says. CANCELLED: a signal.
absl::StatusOr<DownloadResult> DownloadShards(ServerConnection& server, const std::string& out,
                                              ProgressBar& progress);

// The ordered shards of the server's dataset. Errors name the server.
absl::StatusOr<v1::GetManifestResponse> GetManifest(ServerConnection& server);

struct FetchedShard {
  std::string bytes;
  shard::Columns columns;  // that they hold
};

// One shard, checked against its manifest entry; asked for once more when the first
// answer was wrong (a proxy may have cut it). DATA_LOSS: twice wrong. RESOURCE_EXHAUSTED: over
// shard::kMaxFileBytes. CANCELLED: a signal.
absl::StatusOr<FetchedShard> FetchShard(ServerConnection& server, const v1::ShardEntry& entry);

// unit-00000012.npz
std::string ShardFileName(uint64_t unit_id);

}  // namespace moyo::cli
