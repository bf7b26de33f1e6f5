// One scan: takes files one by one, finds their sources, and gives the new ones to the packer.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "common/source/source_stream.h"
#include "server/catalog/cataloguer.h"
#include "server/catalog/range_builder.h"
#include "server/catalog/unit_packer.h"

namespace moyo::catalog {

// Not thread-safe.
class FileScanner : private source::SourceSink {
 public:
  // `is_stopped` is asked before each file and each piece of one.
  FileScanner(store::Store& store, uint32_t games_per_shard, uint64_t limit_games,
              uint64_t next_file_id, std::function<bool()> is_stopped);

  // UNAVAILABLE: the machine was at fault (ErrnoStatus). CANCELLED: it was stopped. Both say
  // nothing about the file, and another scan reads it again. Else a failure of the store.
  absl::Status VisitFile(const std::string& path);
  bool LimitReached() const { return limit_games_ != 0 && games_ >= limit_games_; }
  absl::Status Finish() { return packer_.Finish(); }
  // Marks the files below the folder that earlier scans found and that are no longer there. Call
  // when all of it was visited. CANCELLED: it was stopped.
  absl::Status MarkMissing(const std::string& folder);
  const ScanResult& result() const { return result_; }

 private:
  using RangeKey = std::pair<int64_t, uint64_t>;  // member index, offset

  // `known`: how the store has it; nullopt for a new one.
  absl::Status BeginFile(const std::string& path, uint64_t size_bytes, uint64_t modified_ns,
                         const std::optional<store::File>& known);
  bool BeginSource(const source::Member& member) override;
  bool Feed(std::string_view bytes) override;
  void EndSource(const absl::Status& status) override;
  uint32_t GamesAt(uint64_t offset) const;
  void AddRange(const Range& range);
  void AddUnreadable(const absl::Status& why);
  void AddSource(store::Source source, uint32_t games_seen);
  // Whether the file's sources have it, and then it has been found once more.
  bool IsKnown(const store::Source& source);
  bool IsKnownError();
  absl::Status SettleMarks(bool read_whole);

  store::Store& store_;
  const uint32_t games_per_shard_;
  const uint64_t limit_games_;
  const uint64_t first_new_file_;
  const std::function<bool()> is_stopped_;
  uint64_t next_file_id_;
  std::vector<bool> visited_;  // of the files that were known, by id
  UnitPacker packer_;
  ScanResult result_;
  uint64_t games_ = 0;  // known ones included
  // The file being scanned.
  std::shared_ptr<FileProgress> file_;
  std::map<RangeKey, store::Source> known_;  // not found again yet
  std::map<std::pair<RangeKey, Hash128>, store::Source> known_removed_;
  std::vector<store::Source> known_errors_;  // removed ones, too
  std::vector<store::Source> superseded_;    // known ones whose place others took
  std::vector<store::Source> returned_;      // that had been removed
  bool cut_ = false;                         // the limit came in its middle
  bool was_stopped_ = false;                 // in its middle
  absl::Status status_;                      // first failure of the store
  // The source being read.
  source::Member member_;
  std::optional<RangeBuilder> builder_;
  bool has_bytes_ = false;
};

}  // namespace moyo::catalog
