#include "cli/run_reset.h"

#include <filesystem>
#include <optional>

#include "absl/strings/str_cat.h"
#include "cli/run_folder.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"

namespace moyo::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kLock[] = "lock";

// Symbolic links count as themselves; nothing outside the run directory is read.
ResetItem Measure(const std::string& path) {
  ResetItem item = {.path = path};
  std::error_code error;
  const auto count = [&](const fs::path& file) {
    ++item.files;
    if (fs::is_regular_file(fs::symlink_status(file, error)))
      item.bytes += fs::file_size(file, error);
  };
  if (!fs::is_directory(fs::symlink_status(path, error))) {
    count(path);
    return item;
  }
  for (const auto& entry : fs::recursive_directory_iterator(path, error)) {
    if (!fs::is_directory(entry.symlink_status(error))) count(entry.path());
  }
  return item;
}

// OK and empty when the run never had such a program.
absl::StatusOr<std::optional<FileLock>> LockOut(const char* program, const std::string& run_dir) {
  const std::string folder = absl::StrCat(run_dir, "/", program);
  std::error_code error;
  if (!fs::exists(folder, error)) return std::optional<FileLock>();
  absl::StatusOr<FileLock> lock = FileLock::Acquire(folder + "/" + kLock);
  if (lock.ok()) return std::optional<FileLock>(*std::move(lock));
  if (!absl::IsFailedPrecondition(lock.status())) return lock.status();
  return absl::FailedPreconditionError(
      absl::StrCat("a ", program, " is running on '", run_dir, "'; stop it first, then reset"));
}

absl::Status Remove(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  return error ? ErrnoStatus(error.value(), "remove", path.string()) : absl::OkStatus();
}

// All of it but its folder and the lock there: who starts meanwhile is still refused.
absl::Status RemoveUnderLock(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(fs::symlink_status(path, error))) return Remove(path);
  std::vector<fs::path> inside;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    if (entry.path().filename() != kLock) inside.push_back(entry.path());
  }
  if (error) return ErrnoStatus(error.value(), "read folder", path);
  for (const fs::path& entry : inside) MOYO_RETURN_IF_ERROR(Remove(entry));
  return absl::OkStatus();
}

// What RemoveUnderLock left.
absl::Status RemoveLock(const std::string& path) {
  std::error_code error;
  const bool was_locked = fs::remove(path + "/" + kLock, error);
  fs::remove(path, error);
  // A program that starts just now may have begun anew there.
  if (!error || (was_locked && error == std::errc::directory_not_empty)) return absl::OkStatus();
  return ErrnoStatus(error.value(), "remove", path);
}

}  // namespace

absl::StatusOr<std::vector<ResetItem>> ListReset(const std::string& run_dir, ResetScope scope) {
  MOYO_RETURN_IF_ERROR(CheckRunFolder(run_dir));
  std::vector<std::string> names;
  if (scope.shards) names.insert(names.end(), {"server", "spool"});
  if (scope.model) {
    names.insert(names.end(), {"trainer", "model.pt", "trained-with"});
  } else if (scope.shards) {
    names.push_back("trainer/cache");
  }
  std::vector<ResetItem> items;
  for (const std::string& name : names) {
    const std::string path = absl::StrCat(run_dir, "/", name);
    std::error_code error;
    if (fs::exists(fs::symlink_status(path, error))) items.push_back(Measure(path));
  }
  return items;
}

absl::Status ApplyReset(const std::string& run_dir, const std::vector<ResetItem>& items) {
  // Held until the end, so that none starts in between.
  MOYO_ASSIGN_OR_RETURN(const std::optional<FileLock> server, LockOut("server", run_dir));
  MOYO_ASSIGN_OR_RETURN(const std::optional<FileLock> trainer, LockOut("trainer", run_dir));
  for (const ResetItem& item : items) MOYO_RETURN_IF_ERROR(RemoveUnderLock(item.path));
  for (const ResetItem& item : items) MOYO_RETURN_IF_ERROR(RemoveLock(item.path));
  return absl::OkStatus();
}

}  // namespace moyo::cli
