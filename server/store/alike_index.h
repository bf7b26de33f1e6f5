// The accepted games in the order of their marks (common/go/game_hash.h), so that a commit finds
// those that its games may equal, go on from or be continued by. Not thread-safe.
//
// The keys come in random order. Each on a page of its own of a large table would cost a page of
// log a game, so new keys wait in memory, sorted, and go to the table `alike` a run of neighbours
// at a time: a log-structured merge with two levels. What waited when a server ended is read again
// from the rows of its units, which the column shards.indexed tells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/digest.h"
#include "server/store/database.h"

namespace moyo::store {

// Ordered as the table orders its bytes.
class AlikeKey {
 public:
  AlikeKey() = default;
  AlikeKey(std::string marks, std::string_view game_hash, uint64_t game_id);

  const std::string& marks() const { return marks_; }
  std::string_view game_hash() const;
  uint64_t game_id() const { return game_id_; }
  auto operator<=>(const AlikeKey&) const = default;

 private:
  uint32_t first_mark_ = 0;  // as a number that orders alike: it decides nearly always
  std::string marks_;        // four bytes each
  Hash128 game_hash_{};
  uint64_t game_id_ = 0;
};

// How many keys wait, and how many go to the table at once.
struct AlikeIndexLimits {
  size_t waiting = 32'768;
  size_t moved = 512;
};

class AlikeIndex {
 public:
  explicit AlikeIndex(Database& database, AlikeIndexLimits limits = {})
      : database_(database), limits_(limits) {}

  // Everything below belongs into a transaction: Begin first, Committed once it stands. Without the
  // latter the next Begin reads again what the database holds.
  absl::Status Begin();
  void Committed() { uncommitted_ = false; }

  // Ids, ascending, of the games with this hash, of those whose marks begin with all of `marks`,
  // and of those whose marks are the beginning of `marks`. A game without marks has only equals.
  absl::StatusOr<std::vector<uint64_t>> Find(std::string_view marks, std::string_view game_hash);
  void Insert(AlikeKey key) { waiting_.insert(std::move(key)); }
  absl::Status Erase(const AlikeKey& key);
  // After the unit's keys, the row of whose shard is there.
  absl::Status EndUnit(uint64_t unit_id);

 private:
  using Keys = absl::btree_set<AlikeKey>;
  struct Unit {
    uint64_t id = 0;
    uint64_t round = 0;
  };

  absl::Status Load();
  absl::Status AddStored(const char* sql, std::string_view first, std::string_view last,
                         std::vector<uint64_t>& ids);
  absl::Status MoveNeighbours();
  absl::Status EndRound();

  Database& database_;
  const AlikeIndexLimits limits_;
  bool uncommitted_ = true;
  bool has_unmarked_ = false;  // accepted games that should have marks: of schema 1, found by hash
  Keys waiting_;
  AlikeKey next_;           // where the next run begins
  uint64_t round_ = 0;      // each passes through all that waits
  std::deque<Unit> units_;  // that may have keys waiting, by the round in which they came
};

}  // namespace moyo::store
