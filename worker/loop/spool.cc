#include "worker/loop/spool.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"

namespace moyo::worker {
namespace {

constexpr char kShardSuffix[] = ".npz";
constexpr char kCommitSuffix[] = ".commit";

std::string NameOf(const v1::CommitUnitRequest& commit) {
  return absl::StrFormat("unit-%08d-t%d", commit.unit_id(), commit.fencing_token());
}

}  // namespace

absl::StatusOr<Spool> Spool::Open(const std::string& folder) {
  if (!folder.empty()) MOYO_RETURN_IF_ERROR(MakeFolder(folder));
  return Spool(folder);
}

// The commit is written last: a unit without it is not there.
absl::Status Spool::Put(const FinishedUnit& unit) {
  if (folder_.empty()) return absl::OkStatus();
  const std::string stem = absl::StrCat(folder_, "/", NameOf(unit.commit));
  MOYO_RETURN_IF_ERROR(WriteFileAtomically(stem + kShardSuffix, unit.shard));
  return WriteFileAtomically(stem + kCommitSuffix, unit.commit.SerializeAsString());
}

void Spool::Remove(const FinishedUnit& unit) {
  if (folder_.empty()) return;
  const std::string stem = absl::StrCat(folder_, "/", NameOf(unit.commit));
  unlink((stem + kCommitSuffix).c_str());
  unlink((stem + kShardSuffix).c_str());
}

std::vector<std::string> Spool::List() const {
  std::vector<std::string> names;
  if (folder_.empty()) return names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    const std::string file = entry.path().filename().string();
    absl::string_view name = file;
    if (absl::ConsumeSuffix(&name, kCommitSuffix)) names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<FinishedUnit> Spool::Get(const std::string& name) const {
  const std::string stem = absl::StrCat(folder_, "/", name);
  FinishedUnit unit;
  MOYO_ASSIGN_OR_RETURN(const std::string commit, ReadFile(stem + kCommitSuffix));
  if (!unit.commit.ParseFromString(commit)) {
    return absl::DataLossError(
        absl::StrCat("spooled commit '", stem, kCommitSuffix, "' is damaged"));
  }
  MOYO_ASSIGN_OR_RETURN(unit.shard, ReadFile(stem + kShardSuffix));
  return unit;
}

}  // namespace moyo::worker
