#include "common/source/file_walker.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <vector>

#include "common/base/files.h"
#include "common/base/status_macros.h"

namespace moyo::source {
namespace {

enum class Kind { kFolder, kFile, kOther };

Kind KindOf(const std::string& path, const dirent& entry) {
  if (entry.d_type == DT_DIR) return Kind::kFolder;
  if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_REG ? Kind::kFile : Kind::kOther;
  struct stat info;
  if (lstat(path.c_str(), &info) != 0) return Kind::kFile;  // the visitor finds out why
  if (S_ISDIR(info.st_mode)) return Kind::kFolder;
  return S_ISREG(info.st_mode) ? Kind::kFile : Kind::kOther;
}

// Names in the folder, sorted; folders end in '/', so that the order is that of whole paths.
// Returns why they are not all of them.
absl::Status ListFolder(const std::string& folder, std::vector<std::string>& names) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(opendir(folder.c_str()), closedir);
  if (stream == nullptr) return ErrnoStatus(errno, "open folder", folder);
  errno = 0;
  while (const dirent* entry = readdir(stream.get())) {
    std::string name = entry->d_name;
    if (name[0] != '.') {
      const Kind kind = KindOf(folder + "/" + name, *entry);
      if (kind == Kind::kFolder) name += "/";
      if (kind != Kind::kOther) names.push_back(std::move(name));
    }
    errno = 0;
  }
  const int error = errno;
  std::sort(names.begin(), names.end());
  return error == 0 ? absl::OkStatus() : ErrnoStatus(error, "read folder", folder);
}

struct OpenFolder {
  std::string path;
  std::vector<std::string> names;
  size_t next = 0;
};

}  // namespace

absl::Status WalkFiles(const std::string& path, const WalkOptions& options,
                       const std::function<absl::Status(const std::string&)>& visit) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return ErrnoStatus(errno, "open", path);
  if (!S_ISDIR(info.st_mode)) return visit(path);
  std::vector<OpenFolder> open;  // a stack of our own: folders nest as deep as they like
  const auto enter = [&](const std::string& folder) -> absl::Status {
    if (folder == options.skipped_folder) return absl::OkStatus();
    OpenFolder entered{folder, {}, 0};
    const absl::Status listed = ListFolder(folder, entered.names);
    if (absl::IsUnavailable(listed)) return listed;
    if (!listed.ok()) MOYO_RETURN_IF_ERROR(visit(folder));
    open.push_back(std::move(entered));
    return absl::OkStatus();
  };
  MOYO_RETURN_IF_ERROR(enter(path));
  while (!open.empty()) {
    OpenFolder& folder = open.back();
    if (folder.next == folder.names.size()) {
      open.pop_back();
      continue;
    }
    std::string name = folder.names[folder.next++];
    const bool is_folder = name.back() == '/';
    if (is_folder) name.pop_back();
    const std::string below = folder.path + "/" + name;
    MOYO_RETURN_IF_ERROR(is_folder ? enter(below) : visit(below));
  }
  return absl::OkStatus();
}

}  // namespace moyo::source
