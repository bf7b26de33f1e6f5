// Finished shards one after the other, from a server or from files, for whoever reads games out of
// them.
//
//   MOYO_ASSIGN_OR_RETURN(auto feed, FeedFromFiles({"shards"}));
//   FedShard shard;
//   while (true) {
//     MOYO_ASSIGN_OR_RETURN(const bool more, feed->Next(shard));
//     if (!more) break;
//     ...
//   }
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/server_connection.h"
#include "common/shard/shard.h"

namespace moyo::cli {

struct FedShard {
  shard::Columns columns;
  std::vector<uint32_t> left_out_rows;  // ascending: copies of games that stand elsewhere
};

// One shard is in memory at a time. Not thread-safe.
class ShardFeed {
 public:
  virtual ~ShardFeed() = default;
  // False after the last. DATA_LOSS: a damaged shard, by name. CANCELLED: a signal.
  virtual absl::StatusOr<bool> Next(FedShard& shard) = 0;
  virtual size_t shard_count() const = 0;
  // Hex; empty for anything but one whole dataset: files, folders without a manifest, several
  // folders.
  virtual const std::string& dataset_digest() const = 0;
};

// The shards of a manifest in its order, each checked against its digest.
absl::StatusOr<std::unique_ptr<ShardFeed>> FeedFromServer(const ServerTarget& target);

// Shard files, and folders of them. A folder that `moyo shards` made is read by its manifest.json;
// another one by the names of its .npz files. What a manifest.json names is checked against its
// digest there, also when the file alone is given, and read without the rows that the manifest
// leaves out. NOT_FOUND names a path that is missing or holds no shard.
absl::StatusOr<std::unique_ptr<ShardFeed>> FeedFromFiles(const std::vector<std::string>& paths);

}  // namespace moyo::cli
