// Finished shards that the server has not acknowledged yet, so that no work is lost while it is
// away.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/files.h"
#include "moyo/v1/work.pb.h"

namespace moyo::worker {

// A unit ready to be sent.
struct FinishedUnit {
  v1::CommitUnitRequest commit;
  std::string shard;  // the file; empty when no game was accepted
};

// A folder with two files a unit, or memory alone when the folder's name is empty. Thread-safe:
// each unit has files of its own.
class Spool {
 public:
  // Takes the folder for this process and removes what a killed one left half written.
  // FAILED_PRECONDITION: another worker uses it.
  static absl::StatusOr<std::unique_ptr<Spool>> Open(const std::string& folder);

  // False: there is no folder, and Put does nothing.
  bool keeps() const { return !folder_.empty(); }
  static std::string NameOf(const FinishedUnit& unit);
  absl::Status Put(const FinishedUnit& unit);
  void Remove(const std::string& name);
  // Takes the unit out of the list, but leaves a few of its kind for a person to look at.
  void SetAside(const FinishedUnit& unit);
  // Names of the spooled units, oldest unit first. Errors as ErrnoStatus.
  absl::StatusOr<std::vector<std::string>> List() const;
  // DATA_LOSS: the files are damaged, the shard is not what its digest says. NOT_FOUND: no such
  // unit. Else as ErrnoStatus: the files may be well.
  absl::StatusOr<FinishedUnit> Get(const std::string& name) const;

 private:
  Spool(std::string folder, std::unique_ptr<FileLock> lock)
      : folder_(std::move(folder)), lock_(std::move(lock)) {}
  void Sweep();

  const std::string folder_;
  const std::unique_ptr<FileLock> lock_;  // null: no folder
};

}  // namespace moyo::worker
