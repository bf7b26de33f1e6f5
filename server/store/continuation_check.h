// Answers whether one game of the dataset goes on where another one ends, from their shard files.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/shard/shard.h"
#include "server/store/ledger_table.h"

namespace moyo::store {

// For one commit; keeps the shards that it has read. Not thread-safe.
class ContinuationCheck {
 public:
  // `path_of` gives the shard file of a unit.
  explicit ContinuationCheck(std::function<std::string(uint64_t unit_id)> path_of)
      : path_of_(std::move(path_of)) {}

  // False, and an error noted, when a shard cannot be read: so both games are kept.
  bool IsContinued(const ShardRow& shorter, const ShardRow& longer);
  const std::vector<std::string>& errors() const { return errors_; }

 private:
  absl::StatusOr<const shard::Columns*> Find(const ShardRow& row);

  const std::function<std::string(uint64_t)> path_of_;
  std::map<uint64_t, shard::Columns> shards_;  // by unit
  std::vector<std::string> errors_;
};

}  // namespace moyo::store
