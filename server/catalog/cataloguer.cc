#include "server/catalog/cataloguer.h"

#include <sys/stat.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/source/file_walker.h"
#include "common/source/roots.h"
#include "server/catalog/file_scanner.h"

namespace moyo::catalog {

std::string NormalPath(const std::string& path) { return source::NormalPath(path); }

absl::Status CheckPaths(const std::vector<std::string>& paths) {
  if (paths.empty()) return absl::InvalidArgumentError("no path given");
  for (const std::string& path : paths) {
    struct stat info;
    if (stat(path.c_str(), &info) != 0) return ErrnoStatus(errno, "open", path);
    if (S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "'", path, "' is a device, a pipe or a socket; name a folder, file or archive"));
  }
  return absl::OkStatus();
}

bool MayPass(const absl::Status& status) {
  return absl::IsResourceExhausted(status) || absl::IsInternal(status) ||
         absl::IsUnavailable(status);
}

absl::Status GraverOf(const absl::Status& first, const absl::Status& second) {
  return first.ok() || (MayPass(second) && !MayPass(first)) ? second : first;
}

absl::Status StartedInVain(const std::vector<std::string>& paths, const absl::Status& catalogued,
                           uint64_t games_seen) {
  if (games_seen > 0) return absl::OkStatus();
  if (catalogued.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "no SGF game in '", paths.front(), "'; name a folder, file or archive of game records"));
  }
  if (absl::IsResourceExhausted(catalogued)) return catalogued;
  return MayPass(catalogued) ? absl::OkStatus() : catalogued;
}

Cataloguer::Cataloguer(store::Store& store, CatalogOptions options)
    : store_(store), options_(std::move(options)) {}

absl::StatusOr<ScanResult> Cataloguer::Scan(const std::vector<std::string>& paths,
                                            uint64_t limit_games) {
  absl::MutexLock lock(&scan_mutex_);
  MOYO_RETURN_IF_ERROR(CheckPaths(paths));
  std::vector<std::string> normal;
  for (const std::string& path : paths) normal.push_back(NormalPath(path));
  MOYO_ASSIGN_OR_RETURN(const store::Scan scan, store_.BeginScan(normal, limit_games));
  MOYO_ASSIGN_OR_RETURN(const uint64_t next_file_id, store_.NextFileId());
  FileScanner scanner(store_, options_.games_per_shard, limit_games, next_file_id,
                      [this] { return stopped_.load(); });
  const absl::Status limit_reached = absl::OutOfRangeError("limit");
  const source::WalkOptions walk = {options_.skipped_folder};
  // Only here: a scan that is gone on with is known by the paths as they were given.
  const std::vector<size_t> roots = source::DistinctRoots(normal, walk);
  for (const size_t root : roots) {
    const absl::Status walked =
        source::WalkFiles(normal[root], walk, [&](const std::string& file) -> absl::Status {
          if (scanner.LimitReached()) return limit_reached;
          return scanner.VisitFile(file);
        });
    if (!walked.ok() && walked != limit_reached) return walked;
  }
  MOYO_RETURN_IF_ERROR(scanner.Finish());
  for (const size_t root : roots) {
    if (!scanner.LimitReached()) MOYO_RETURN_IF_ERROR(scanner.MarkMissing(normal[root]));
  }
  MOYO_RETURN_IF_ERROR(store_.FinishScan(scan.scan_id));
  const ScanResult& result = scanner.result();
  if (result.sources + result.known == 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "no SGF file in '", paths.front(), "'", paths.size() > 1 ? " and the others" : "",
        "; name a folder, file or archive of game records"));
  }
  return result;
}

absl::Status Cataloguer::ResumeScans() {
  MOYO_ASSIGN_OR_RETURN(const std::vector<store::Scan> scans, store_.UnfinishedScans());
  absl::Status gravest;
  for (const store::Scan& scan : scans) gravest = GraverOf(gravest, ResumeScan(scan));
  return gravest;
}

absl::Status Cataloguer::ResumeScan(const store::Scan& scan) {
  std::vector<std::string> there, gone;
  for (const std::string& path : scan.paths) {
    (absl::IsNotFound(CheckPaths({path})) ? gone : there).push_back(path);
  }
  if (gone.empty()) return Scan(scan.paths, scan.limit_games).status();
  // One path that is away keeps the others from nothing.
  if (!there.empty()) MOYO_RETURN_IF_ERROR(Scan(there, scan.limit_games).status());
  return absl::NotFoundError(
      absl::StrCat("a scan was cut, and '", absl::StrJoin(gone, "', '"),
                   "' is not there now; when it is back, start the server again"));
}

}  // namespace moyo::catalog
