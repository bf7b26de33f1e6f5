#include "server/store/continuation_check.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/shard/continuation.h"

namespace moyo::store {
namespace {

constexpr size_t kMaxShards = 16;  // kept at once; about 0.25 MB each

}  // namespace

bool ContinuationCheck::IsContinued(const ShardRow& shorter, const ShardRow& longer) {
  if (shards_.size() + 2 > kMaxShards) shards_.clear();
  const absl::StatusOr<const shard::Columns*> a = Find(shorter);
  const absl::StatusOr<const shard::Columns*> b = Find(longer);
  for (const auto* found : {&a, &b}) {
    if (!found->ok()) errors_.emplace_back(found->status().message());
  }
  return a.ok() && b.ok() && shard::IsContinuedBy(**a, shorter.row, **b, longer.row);
}

absl::StatusOr<const shard::Columns*> ContinuationCheck::Find(const ShardRow& row) {
  auto known = shards_.find(row.unit_id);
  if (known == shards_.end()) {
    const std::string path = path_of_(row.unit_id);
    MOYO_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
    absl::StatusOr<shard::Columns> columns = shard::ReadNpz(bytes);
    if (!columns.ok()) {
      return absl::DataLossError(absl::StrCat("'", path, "': ", columns.status().message()));
    }
    known = shards_.emplace(row.unit_id, *std::move(columns)).first;
  }
  if (row.row < known->second.games()) return &known->second;
  return absl::DataLossError(absl::StrCat("the shard of unit ", row.unit_id, " has ",
                                          known->second.games(), " games, none in row ", row.row));
}

}  // namespace moyo::store
