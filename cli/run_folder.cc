#include "cli/run_folder.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "common/base/version.h"

namespace moyo::cli {
namespace {

constexpr uint64_t kVersionMaxBytes = 4096;

}  // namespace

absl::Status CheckRunFolder(const std::string& run_dir) {
  std::error_code error;
  if (!std::filesystem::is_directory(run_dir, error)) {
    return absl::NotFoundError(absl::StrCat("run directory '", run_dir,
                                            "' does not exist; 'moyo run --games PATH --run-dir ",
                                            run_dir, "' makes it"));
  }
  const absl::StatusOr<std::string> text = ReadFile(run_dir + "/version", kVersionMaxBytes);
  if (absl::IsNotFound(text.status())) {
    return absl::NotFoundError(
        absl::StrCat("'", run_dir, "' is not a run directory of Moyo (it has ",
                     "no file 'version'); name the folder given to moyo run"));
  }
  MOYO_RETURN_IF_ERROR(text.status());
  const std::string version(absl::StripAsciiWhitespace(*text));
  if (version == kRunFolderVersion) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("run directory '", run_dir, "' is of version '", EscapeBytes(version, 40),
                   "', this program reads '", kRunFolderVersion,
                   "'; use the Moyo that made it, or another --run-dir"));
}

absl::Status OpenRunFolder(const std::string& run_dir) {
  std::error_code error;
  if (std::filesystem::exists(run_dir + "/version", error)) return CheckRunFolder(run_dir);
  if (std::filesystem::exists(run_dir, error) && !std::filesystem::is_directory(run_dir, error)) {
    return absl::FailedPreconditionError(
        absl::StrCat("--run-dir '", run_dir, "' is a file; name a folder"));
  }
  if (std::filesystem::is_directory(run_dir, error) && !std::filesystem::is_empty(run_dir, error)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "'", run_dir,
        "' holds other things and is not a run directory; name a new or empty folder"));
  }
  MOYO_RETURN_IF_ERROR(MakeFolder(run_dir));
  return WriteFileAtomically(run_dir + "/version", absl::StrCat(kRunFolderVersion, "\n"));
}

std::string LogPath(const std::string& run_dir, const std::string& name) {
  std::error_code error;  // a folder that cannot be made shows when the log is opened
  std::filesystem::create_directories(run_dir + "/logs", error);
  return absl::StrCat(run_dir, "/logs/", name, ".log");
}

}  // namespace moyo::cli
