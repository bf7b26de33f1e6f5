#include "server/store/continuation_check.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/shard/continuation.h"

namespace moyo::store {
namespace {

constexpr size_t kMaxShards = 16;  // kept at once; about 0.25 MB each
// The most that a shard unpacks to: its headers, the columns of a game with many setup stones, and
// of a move.
constexpr uint64_t kHeaderBytes = 64 * 1024;
constexpr uint64_t kGameBytes = 4096;
constexpr uint64_t kMoveBytes = 2;

}  // namespace

bool ContinuationCheck::IsContinued(const ShardRow& shorter, const ShardRow& longer) {
  if (shards_.size() + 2 > kMaxShards) shards_.clear();
  const shard::Columns* a = Find(shorter);
  const shard::Columns* b = Find(longer);
  return a != nullptr && b != nullptr && shard::IsContinuedBy(*a, shorter.row, *b, longer.row);
}

const shard::Columns* ContinuationCheck::Find(const ShardRow& row) {
  auto known = shards_.find(row.unit_id);
  if (known == shards_.end()) {
    known = shards_.emplace(row.unit_id, Read(row.unit_id)).first;
    if (!known->second.ok()) errors_.emplace_back(known->second.status().message());
  }
  if (!known->second.ok()) return nullptr;
  const shard::Columns& columns = *known->second;
  if (row.row < columns.games()) return &columns;
  errors_.push_back(absl::StrCat("the shard of unit ", row.unit_id, " has ", columns.games(),
                                 " games, none in row ", row.row));
  return nullptr;
}

absl::StatusOr<shard::Columns> ContinuationCheck::Read(uint64_t unit_id) const {
  const CheckedShard shard = shard_of_(unit_id);
  const uint64_t most_bytes =
      kHeaderBytes + kGameBytes * shard.games + kMoveBytes * shard.positions;
  MOYO_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(shard.path, most_bytes));
  absl::StatusOr<shard::Columns> columns = shard::ReadNpz(bytes, most_bytes);
  if (columns.ok()) return columns;
  return absl::DataLossError(absl::StrCat("'", shard.path, "': ", columns.status().message()));
}

}  // namespace moyo::store
