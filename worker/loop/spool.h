// Finished shards that the server has not acknowledged yet, so that no work is lost while it is
// away.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
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
  static absl::StatusOr<Spool> Open(const std::string& folder);
  absl::Status Put(const FinishedUnit& unit);
  void Remove(const FinishedUnit& unit);
  // Names of the spooled units, oldest unit first. Unreadable ones are left where they are.
  std::vector<std::string> List() const;
  absl::StatusOr<FinishedUnit> Get(const std::string& name) const;

 private:
  explicit Spool(std::string folder) : folder_(std::move(folder)) {}
  std::string folder_;
};

}  // namespace moyo::worker
