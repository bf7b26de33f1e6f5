// The units and shards tables. Not thread-safe.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/store/database.h"
#include "server/store/rows.h"

namespace moyo::store {

class UnitTable {
 public:
  explicit UnitTable(Database& database) : database_(database) {}

  absl::Status Insert(const work::Unit& unit);
  // Writes what changes in a unit. ABORTED unless its stored token is `before`: the database has
  // the last word on fencing.
  absl::Status Update(const work::Unit& unit, work::FencingToken before);
  absl::StatusOr<std::vector<work::Unit>> LoadUnits();
  absl::Status InsertShard(const Shard& shard);
  absl::StatusOr<std::vector<Shard>> LoadShards();  // without left-out rows

 private:
  Database& database_;
};

}  // namespace moyo::store
