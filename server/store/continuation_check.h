// Answers whether one game of the dataset goes on where another one ends, from their shard files.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/shard/shard.h"
#include "server/store/ledger_table.h"

namespace moyo::store {

// A shard file, and what its commit said is in it.
struct CheckedShard {
  std::string path;
  uint64_t games = 0;
  uint64_t positions = 0;
};

// For one commit; keeps the shards that it has read. Not thread-safe.
//
// It runs under the store's lock, on files that workers sent: no file is unpacked to more than a
// shard of so many games and positions can have.
class ContinuationCheck {
 public:
  explicit ContinuationCheck(std::function<CheckedShard(uint64_t unit_id)> shard_of)
      : shard_of_(std::move(shard_of)) {}

  // False, and an error noted, when a shard cannot be read: so both games are kept.
  bool IsContinued(const ShardRow& shorter, const ShardRow& longer);
  const std::vector<std::string>& errors() const { return errors_; }

 private:
  // Null: it cannot be read, which is noted.
  const shard::Columns* Find(const ShardRow& row);
  absl::StatusOr<shard::Columns> Read(uint64_t unit_id) const;

  const std::function<CheckedShard(uint64_t)> shard_of_;
  std::map<uint64_t, absl::StatusOr<shard::Columns>> shards_;  // by unit
  std::vector<std::string> errors_;
};

}  // namespace moyo::store
