#include "server/backup.h"

#include <filesystem>
#include <iostream>
#include <set>
#include <string>
#include <system_error>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "common/base/version.h"
#include "server/store/backup.h"

namespace moyo::server {
namespace {

// The certificate that join codes name, so that workers and trainers find the copy's server, too.
absl::Status CopyIdentity(const std::string& from, const std::string& to) {
  std::error_code error;
  if (!std::filesystem::exists(from, error)) return absl::OkStatus();
  MOYO_RETURN_IF_ERROR(MakeFolder(to));
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive, error);
  if (error) return ErrnoStatus(error.value(), "copy", from);
  std::filesystem::permissions(to, std::filesystem::perms::owner_all, error);
  return absl::OkStatus();
}

// Whether the folder holds nothing but what a backup that was cut off leaves: its last file, the
// version, is not there yet. One that is whole, or a person's, is not ours to remove.
bool IsCutOff(const std::string& part) {
  static const std::set<std::string> kLeft = {"server",
                                              "server/tls",
                                              "server/shards",
                                              "server/moyo.db",
                                              "server/moyo.db-journal",
                                              "server/moyo.db-shm",
                                              "server/moyo.db-wal"};
  std::error_code error;
  for (const char* folder : {"", "server/"}) {
    std::filesystem::directory_iterator entry(absl::StrCat(part, "/", folder), error), end;
    if (error == std::errc::no_such_file_or_directory) return true;
    for (; !error && entry != end; entry.increment(error)) {
      if (!kLeft.contains(absl::StrCat(folder, entry->path().filename().string()))) return false;
    }
    if (error) return false;
  }
  return true;
}

absl::Status RemoveCutOff(const std::string& part) {
  std::error_code error;
  if (!IsCutOff(part)) {
    return absl::FailedPreconditionError(
        absl::StrCat("'", part, "', where the copy is made until it is whole, holds something ",
                     "else; move it away or name another folder with --out"));
  }
  std::filesystem::remove_all(part, error);
  return error ? ErrnoStatus(error.value(), "remove", part) : absl::OkStatus();
}

// Under another name until it is whole.
absl::StatusOr<store::BackupResult> BackUp(const BackupOptions& options) {
  std::error_code ignored;
  if (std::filesystem::exists(options.out, ignored)) {
    return absl::FailedPreconditionError(
        absl::StrCat("'", options.out, "' is there already; name a new folder with --out"));
  }
  if (!std::filesystem::exists(options.run_dir + "/server/moyo.db", ignored)) {
    return absl::NotFoundError(absl::StrCat("'", options.run_dir,
                                            "' holds no run of a server (no server/moyo.db); name "
                                            "the folder given to moyo-server with --run-dir"));
  }
  const std::string out(absl::StripSuffix(options.out, "/"));
  const std::string part = out + ".part";
  MOYO_RETURN_IF_ERROR(RemoveCutOff(part));
  absl::Cleanup remove_part = [&] { std::filesystem::remove_all(part, ignored); };
  MOYO_RETURN_IF_ERROR(CopyIdentity(options.run_dir + "/server/tls", part + "/server/tls"));
  MOYO_ASSIGN_OR_RETURN(const store::BackupResult result,
                        store::BackUp(options.run_dir + "/server", part + "/server"));
  MOYO_RETURN_IF_ERROR(
      WriteFileAtomically(part + "/version", absl::StrCat(kRunFolderVersion, "\n")));
  MOYO_RETURN_IF_ERROR(PublishFile(part, out));
  std::move(remove_part).Cancel();
  return result;
}

}  // namespace

int RunBackup(const BackupOptions& options) {
  const absl::StatusOr<store::BackupResult> result = BackUp(options);
  if (!result.ok()) {
    std::cerr << "moyo-server: " << std::string(result.status().message()) << "\n";
    return 1;
  }
  std::cout << "backed up catalogue, ledger and shards (" << result->shards << "), "
            << HumanBytes(result->bytes) << "; 'moyo-server --run-dir " << options.out
            << "' goes on from it\n";
  return 0;
}

}  // namespace moyo::server
