#include "trainer/checkpoint/checkpoint_files.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/files.h"
#include "common/base/seal.h"
#include "common/base/status_macros.h"

namespace moyo::trainer {

std::string CheckpointPath(const std::string& folder, uint64_t step) {
  return absl::StrFormat("%s/step-%010d.pt", folder, step);
}

std::vector<std::string> ListCheckpoints(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (absl::StartsWith(name, "step-") && absl::EndsWith(name, ".pt"))
      paths.push_back(entry.path());
  }
  std::sort(paths.rbegin(), paths.rend());
  return paths;
}

absl::StatusOr<uint64_t> WriteCheckpointFile(const std::string& path, std::string archive) {
  const std::string file = Sealed(std::move(archive));
  MOYO_RETURN_IF_ERROR(WriteFileAtomically(path, file));
  MOYO_ASSIGN_OR_RETURN(const std::string read, ReadFile(path));
  if (read == file) return file.size();
  return absl::DataLossError(absl::StrCat(
      "checkpoint '", path,
      "' is not what was written; the ones before it stand: check the disk, then run again"));
}

absl::StatusOr<std::string> ReadCheckpointFile(const std::string& path) {
  MOYO_ASSIGN_OR_RETURN(std::string archive, ReadFile(path));
  if (Unseal(archive)) return archive;
  return absl::DataLossError(absl::StrCat("checkpoint '", path, "' is damaged"));
}

void RemoveOldCheckpoints(const std::string& folder, uint64_t keep, uint64_t newest_step,
                          uint64_t best_step) {
  const std::string newest = CheckpointPath(folder, newest_step);
  const std::string best = CheckpointPath(folder, best_step);
  uint64_t kept = 0;
  for (const std::string& path : ListCheckpoints(folder)) {
    if (path <= newest && kept++ < keep) continue;
    std::error_code ignored;
    if (path != best) std::filesystem::remove(path, ignored);
  }
}

}  // namespace moyo::trainer
