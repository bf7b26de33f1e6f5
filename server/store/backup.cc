#include "server/store/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "server/store/database.h"
#include "server/store/shard_files.h"
#include "server/store/unit_table.h"

namespace moyo::store {
namespace {

constexpr char kForgetRun[] = "DELETE FROM meta WHERE key = 'run_id'";

absl::Status CopyDatabase(const std::string& from, const std::string& to) {
  // Opening would make one.
  if (access(from.c_str(), F_OK) != 0) return ErrnoStatus(errno, "open", from);
  MOYO_ASSIGN_OR_RETURN(const std::unique_ptr<Database> database, Database::Open(from));
  const std::string quoted = absl::StrReplaceAll(to, {{"'", "''"}});
  return database->Execute(absl::StrCat("VACUUM INTO '", quoted, "'"));
}

absl::StatusOr<uint64_t> CopyFile(const std::string& from, const std::string& to) {
  std::error_code error;
  std::filesystem::copy_file(from, to, error);
  if (error) return ErrnoStatus(error.value(), "copy", from);
  const uint64_t bytes = std::filesystem::file_size(to, error);
  return error ? absl::StatusOr<uint64_t>(ErrnoStatus(error.value(), "stat", to)) : bytes;
}

// All that was written to the file system that holds the folder.
absl::Status SyncAll(const std::string& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return ErrnoStatus(errno, "open folder", folder);
  const absl::Cleanup close_fd = [fd] { close(fd); };
  return syncfs(fd) == 0 ? absl::OkStatus() : ErrnoStatus(errno, "sync", folder);
}

}  // namespace

absl::StatusOr<BackupResult> BackUp(const std::string& folder, const std::string& out) {
  MOYO_RETURN_IF_ERROR(MakeFolder(out + "/shards"));
  const std::string copy = out + "/moyo.db";
  MOYO_RETURN_IF_ERROR(CopyDatabase(folder + "/moyo.db", copy));
  BackupResult result;
  {
    MOYO_ASSIGN_OR_RETURN(const std::unique_ptr<Database> database, Database::Open(copy));
    MOYO_RETURN_IF_ERROR(database->Execute(kForgetRun));
    MOYO_ASSIGN_OR_RETURN(const std::vector<Shard> shards, UnitTable(*database).LoadShards());
    const ShardFiles from(folder + "/shards"), to(out + "/shards");
    for (const Shard& shard : shards) {
      const work::UnitId unit{shard.unit_id};
      const absl::StatusOr<uint64_t> bytes =
          CopyFile(from.PathOf(unit, shard.token), to.PathOf(unit, shard.token));
      if (absl::IsNotFound(bytes.status())) return absl::DataLossError(bytes.status().message());
      if (!bytes.ok()) return bytes.status();
      ++result.shards;
      result.bytes += *bytes;
    }
  }
  std::error_code ignored;
  result.bytes += std::filesystem::file_size(copy, ignored);
  MOYO_RETURN_IF_ERROR(SyncAll(out));
  return result;
}

}  // namespace moyo::store
