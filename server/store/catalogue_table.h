// The files, sources and roots tables. Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/store/database.h"
#include "server/store/rows.h"

namespace moyo::store {

class CatalogueTable {
 public:
  explicit CatalogueTable(Database& database) : database_(database) {}

  absl::Status PutFile(const File& file);
  absl::Status InsertSource(const Source& source);
  // Those below the folder with a path after `after`, by path; without those found removed before.
  absl::StatusOr<std::vector<File>> FilesBelow(const std::string& folder, const std::string& after,
                                               uint64_t most);
  absl::Status SetFileRemoved(uint64_t file_id);
  // False: it was so already.
  absl::StatusOr<bool> SetSource(uint64_t source_id, Presence presence);
  absl::StatusOr<std::optional<File>> FindFile(const std::string& path);
  absl::StatusOr<std::vector<Source>> SourcesOfFile(uint64_t file_id);
  absl::StatusOr<std::vector<Source>> SourcesInRange(uint64_t first_source, uint64_t count);
  absl::StatusOr<uint64_t> FirstGameOf(uint64_t source_id);
  absl::Status PutScan(const Scan& scan);
  absl::Status FinishScan(uint64_t scan_id);
  absl::StatusOr<std::vector<Scan>> LoadScans(bool only_unfinished);

 private:
  Database& database_;
};

}  // namespace moyo::store
