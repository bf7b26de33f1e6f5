// The games table: one row for each game whose unit is finished. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/store/alike_index.h"
#include "server/store/database.h"
#include "server/store/rows.h"

namespace moyo::store {

struct ShardRow {
  uint64_t unit_id = 0;
  uint32_t row = 0;
};

// What a transaction changes in memory once it stands.
struct LedgerChange {
  LedgerCounts counts;             // start it with the counts as they are
  std::vector<ShardRow> left_out;  // rows that leave the dataset
};

// Whether the game of the row `longer` begins with all of the one of `shorter`. Asked rarely: only
// of games whose marks are alike.
using IsContinued = std::function<bool(const ShardRow& shorter, const ShardRow& longer)>;

class LedgerTable {
 public:
  explicit LedgerTable(Database& database) : database_(database), alike_(database) {}

  // Inside a transaction; say Committed when it stands. Of equal hashes the lowest game id stays
  // accepted, and of games of which one goes on where the other ends the longer one, whichever came
  // first: so which games are accepted, and the kinds of the others, do not depend on the order of
  // commits. What may is only which of several longer games, that part later, the row of their
  // common beginning names. Games of fewer moves than a mark has are not looked for in longer ones.
  absl::Status Insert(uint64_t unit_id, std::vector<Game> games, const IsContinued& is_continued,
                      LedgerChange& change);
  // The same, and keeps every copy.
  absl::Status InsertAll(uint64_t unit_id, const std::vector<Game>& games, LedgerChange& change);
  void Committed() { alike_.Committed(); }
  // Counts of what is stored; found and pending stay 0.
  absl::StatusOr<LedgerCounts> Count();
  absl::StatusOr<std::vector<ShardRow>> LoadLeftOut();
  // Whether one of games [first, first + count) has the state, which is a stored one.
  absl::StatusOr<bool> Holds(uint64_t first_game, uint64_t count, GameState state);
  // Rows of games [first, first + count), ascending.
  absl::StatusOr<std::vector<LedgerEntry>> Read(uint64_t first_game, uint64_t count);

 private:
  // An accepted game as the search for duplicates needs it.
  struct Standing {
    uint64_t game_id = 0;
    ShardRow row;
    uint64_t moves = 0;
    bool truncated = false;
    uint8_t symmetry = 0;
    std::string marks;
    std::string game_hash;
  };

  absl::Status Judge(uint64_t unit_id, Game& game, const IsContinued& is_continued,
                     LedgerChange& change);
  // Accepted games that may equal one of these marks, go on from it or be continued by it;
  // ascending ids.
  absl::StatusOr<std::vector<Standing>> FindAlike(const std::string& marks,
                                                  const std::string& game_hash);
  // `game` takes the place of one that stood until now.
  absl::Status Replace(const Standing& standing, const Game& game, DuplicateKind kind,
                       LedgerChange& change);
  absl::Status MoveKinds(const Game& game, DuplicateKind kind, LedgerCounts& counts);
  absl::Status Write(uint64_t unit_id, const Game& game, LedgerChange& change);

  Database& database_;
  AlikeIndex alike_;
};

}  // namespace moyo::store
