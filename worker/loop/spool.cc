#include "worker/loop/spool.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "common/base/digest.h"
#include "common/base/status_macros.h"
#include "common/shard/shard.h"

namespace moyo::worker {
namespace {

constexpr char kShardSuffix[] = ".npz";
constexpr char kCommitSuffix[] = ".commit";
constexpr char kAsideSuffix[] = ".refused";
constexpr size_t kMaxAside = 20;

absl::StatusOr<std::vector<std::string>> FilesIn(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    files.push_back(entry->path().filename().string());
  }
  if (error) return ErrnoStatus(error.value(), "read folder", folder);
  return files;
}

absl::Status CheckShard(const FinishedUnit& unit) {
  if (unit.commit.shard_digest().empty()) return absl::OkStatus();
  MOYO_ASSIGN_OR_RETURN(const shard::Columns columns, shard::ReadNpz(unit.shard));
  if (ToBytes(shard::DigestOf(columns)) == unit.commit.shard_digest()) return absl::OkStatus();
  return absl::DataLossError("another digest than the commit says");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Spool>> Spool::Open(const std::string& folder) {
  if (folder.empty()) return std::unique_ptr<Spool>(new Spool("", nullptr));
  MOYO_RETURN_IF_ERROR(MakeFolder(folder));
  absl::StatusOr<FileLock> lock = FileLock::Acquire(absl::StrCat(folder, "/lock"));
  if (absl::IsFailedPrecondition(lock.status())) {
    return absl::FailedPreconditionError(absl::StrCat("another worker uses the spool '", folder,
                                                      "'; give each worker a --spool of its own"));
  }
  if (!lock.ok()) return lock.status();
  std::unique_ptr<Spool> spool(new Spool(folder, std::make_unique<FileLock>(*std::move(lock))));
  spool->Sweep();
  return spool;
}

// A shard without its commit was being written, or being removed, when the worker was killed.
void Spool::Sweep() {
  const std::vector<std::string> files =
      FilesIn(folder_).value_or(std::vector<std::string>());  // what is left over does no harm
  const std::set<std::string> present(files.begin(), files.end());
  for (const std::string& file : files) {
    absl::string_view name = file;
    const bool is_orphan = absl::ConsumeSuffix(&name, kShardSuffix) &&
                           !present.contains(absl::StrCat(name, kCommitSuffix));
    if (is_orphan || absl::StrContains(file, ".tmp.")) {
      unlink(absl::StrCat(folder_, "/", file).c_str());
    }
  }
}

// Two runs may have equal unit ids and tokens. The run's id is hashed: it came over the network,
// and such names never become paths.
std::string Spool::NameOf(const FinishedUnit& unit) {
  return absl::StrFormat("unit-%08d-t%d-%s", unit.commit.unit_id(), unit.commit.fencing_token(),
                         Hex(ToBytes(Hash128Of(unit.commit.run_id()))).substr(0, 8));
}

// The commit is written last: a unit without it is not there.
absl::Status Spool::Put(const FinishedUnit& unit) {
  if (!keeps()) return absl::OkStatus();
  const std::string stem = absl::StrCat(folder_, "/", NameOf(unit));
  absl::Status status = WriteFileAtomically(stem + kShardSuffix, unit.shard);
  if (status.ok()) {
    // Behind its own hash: a flipped bit may leave a message that reads well.
    const std::string commit = unit.commit.SerializeAsString();
    status = WriteFileAtomically(stem + kCommitSuffix, ToBytes(Hash128Of(commit)) + commit);
  }
  if (!status.ok()) Remove(NameOf(unit));
  return status;
}

void Spool::Remove(const std::string& name) {
  if (!keeps()) return;
  const std::string stem = absl::StrCat(folder_, "/", name);
  unlink((stem + kCommitSuffix).c_str());
  unlink((stem + kShardSuffix).c_str());
}

void Spool::SetAside(const FinishedUnit& unit) {
  if (!keeps()) return;
  const std::string name = NameOf(unit);
  const std::vector<std::string> files = FilesIn(folder_).value_or(std::vector<std::string>());
  const size_t aside = std::count_if(files.begin(), files.end(), [](const std::string& file) {
    return absl::EndsWith(file, kAsideSuffix);
  });
  if (aside < kMaxAside) {
    for (const char* suffix : {kCommitSuffix, kShardSuffix}) {
      const std::string path = absl::StrCat(folder_, "/", name, suffix);
      std::rename(path.c_str(), (path + kAsideSuffix).c_str());
    }
  }
  Remove(name);
}

absl::StatusOr<std::vector<std::string>> Spool::List() const {
  std::vector<std::string> names;
  if (!keeps()) return names;
  MOYO_ASSIGN_OR_RETURN(const std::vector<std::string> files, FilesIn(folder_));
  for (const std::string& file : files) {
    absl::string_view name = file;
    if (absl::ConsumeSuffix(&name, kCommitSuffix)) names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<FinishedUnit> Spool::Get(const std::string& name) const {
  const std::string stem = absl::StrCat(folder_, "/", name);
  FinishedUnit unit;
  MOYO_ASSIGN_OR_RETURN(const std::string file, ReadFile(stem + kCommitSuffix));
  const std::string hash = file.substr(0, sizeof(Hash128));
  const std::string commit = file.substr(hash.size());
  if (ToBytes(Hash128Of(commit)) != hash || !unit.commit.ParseFromString(commit)) {
    return absl::DataLossError(
        absl::StrCat("spooled commit '", stem, kCommitSuffix, "' is damaged"));
  }
  absl::StatusOr<std::string> shard = ReadFile(stem + kShardSuffix);
  if (absl::IsNotFound(shard.status())) {
    return absl::DataLossError(absl::StrCat("spooled shard '", stem, kShardSuffix, "' is gone"));
  }
  MOYO_ASSIGN_OR_RETURN(unit.shard, std::move(shard));
  const absl::Status intact = CheckShard(unit);
  if (intact.ok()) return unit;
  return absl::DataLossError(
      absl::StrCat("spooled shard '", stem, kShardSuffix, "' is damaged: ", intact.message()));
}

}  // namespace moyo::worker
