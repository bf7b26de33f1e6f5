#include "common/source/roots.h"

#include <sys/stat.h>

#include <filesystem>
#include <unordered_set>

namespace moyo::source {
namespace {

// Whether a walk of the folder that holds it comes to the path (normal).
bool IsSeenFromItsFolder(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos || slash + 1 == path.size() || path[slash + 1] == '.') {
    return false;
  }
  struct stat info;
  return lstat(path.c_str(), &info) == 0 && !S_ISLNK(info.st_mode);
}

bool IsSeenFromAnother(std::string path, const std::unordered_set<std::string>& roots,
                       const WalkOptions& options) {
  while (IsSeenFromItsFolder(path)) {
    const size_t slash = path.rfind('/');
    path.resize(slash == 0 ? 1 : slash);
    if (path == options.skipped_folder) return false;
    if (roots.contains(path)) return true;
  }
  return false;
}

}  // namespace

std::string NormalPath(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  std::string normal = (error ? std::filesystem::path(path) : absolute).lexically_normal().string();
  while (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  return normal;
}

std::vector<size_t> DistinctRoots(const std::vector<std::string>& paths,
                                  const WalkOptions& options) {
  std::vector<std::string> normal;
  for (const std::string& path : paths) normal.push_back(NormalPath(path));
  const std::unordered_set<std::string> roots(normal.begin(), normal.end());
  std::unordered_set<std::string> taken;
  std::vector<size_t> distinct;
  for (size_t i = 0; i < normal.size(); ++i) {
    if (!taken.insert(normal[i]).second || IsSeenFromAnother(normal[i], roots, options)) continue;
    distinct.push_back(i);
  }
  return distinct;
}

}  // namespace moyo::source
