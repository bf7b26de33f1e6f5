// The games table: one row for each game whose unit is finished. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/store/database.h"
#include "server/store/rows.h"

namespace moyo::store {

// A shard row that leaves the dataset.
struct LeftOut {
  uint64_t unit_id = 0;
  uint32_t row = 0;
};

// What a transaction changes in memory once it stands.
struct LedgerChange {
  LedgerCounts counts;  // start it with the counts as they are
  std::vector<LeftOut> left_out;
};

class LedgerTable {
 public:
  explicit LedgerTable(Database& database) : database_(database) {}

  // Inside a transaction. Of equal hashes the lowest game id stays accepted, whichever came first:
  // so the ledger does not depend on the order of commits.
  absl::Status Insert(uint64_t unit_id, std::vector<Game> games, Duplicates duplicates,
                      LedgerChange& change);
  // Counts of what is stored; found and pending stay 0.
  absl::StatusOr<LedgerCounts> Count();
  absl::StatusOr<std::vector<LeftOut>> LoadLeftOut();
  // Rows of games [first, first + count), ascending.
  absl::StatusOr<std::vector<LedgerEntry>> Read(uint64_t first_game, uint64_t count);

 private:
  absl::Status FindDuplicate(uint64_t unit_id, Game& game, LedgerChange& change);
  absl::Status Write(uint64_t unit_id, const Game& game);

  Database& database_;
};

}  // namespace moyo::store
