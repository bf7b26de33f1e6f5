// Finds the sources in folders, files and archives and adds them to the store.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/store/store.h"

namespace moyo::catalog {

struct CatalogOptions {
  uint32_t games_per_shard = 500;
  std::string skipped_folder;  // our own run directory
};

struct ScanResult {
  uint64_t sources = 0;  // added
  uint64_t games = 0;    // in them
  uint64_t known = 0;    // sources that were in the catalogue already
  uint64_t removed = 0;  // sources that are no longer where they were
};

// What the catalogue knows a path by (common/source/roots.h).
std::string NormalPath(const std::string& path);
// NOT_FOUND naming the first that does not exist; INVALID_ARGUMENT for none, and for one that is
// neither folder nor file.
absl::Status CheckPaths(const std::vector<std::string>& paths);

// Whether a scan that ended so may go well later: not the paths were at fault but the machine,
// whose disk is full or fails, or that has no more files to open.
bool MayPass(const absl::Status& status);
// Of two ends the one to act on: what may pass, as its scan is to be tried again, else the first.
absl::Status GraverOf(const absl::Status& first, const absl::Status& second);
// Why a server that was to catalogue `paths` (one at least) was started in vain, by how a try ended
// and the games seen so far; OK: it goes on. What may pass is tried again, but for a full disk: a
// run that has nothing yet loses nothing, and its user learns at once what to do.
absl::Status StartedInVain(const std::vector<std::string>& paths, const absl::Status& catalogued,
                           uint64_t games_seen);

// Thread-safe: scans run one after another.
class Cataloguer {
 public:
  Cataloguer(store::Store& store, CatalogOptions options);

  // A file that lies below two of the paths comes once. Repeating a scan adds only what is new, and
  // marks what is gone (unless a limit cut it); one that a crash cut off goes on where it stopped.
  // Stops after `limit_games` games, known ones included (0: none), or with the end of a range that
  // was cut before. FAILED_PRECONDITION: no file in the paths. CANCELLED after Stop.
  absl::StatusOr<ScanResult> Scan(const std::vector<std::string>& paths, uint64_t limit_games);
  // Goes on with the scans that were not finished when the server ended. The gravest of their ends;
  // NOT_FOUND: a path is away, and its scan stays unfinished, though the others are scanned.
  absl::Status ResumeScans();
  // Makes a running scan end soon, within a file, too. It is resumed at the next start.
  void Stop() { stopped_ = true; }

 private:
  absl::Status ResumeScan(const store::Scan& scan);

  store::Store& store_;
  const CatalogOptions options_;
  absl::Mutex scan_mutex_;
  std::atomic<bool> stopped_{false};
};

}  // namespace moyo::catalog
