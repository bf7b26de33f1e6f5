// Shard files on disk: RUN_DIR/server/shards/unit-00000012-t345.npz. Opaque bytes here.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/shard/shard.h"
#include "server/work/ids.h"

namespace moyo::store {

inline constexpr uint64_t kMaxShardBytes = shard::kMaxFileBytes;

// A file being received. Unless published, it is removed.
class ShardUpload {
 public:
  ~ShardUpload();
  ShardUpload(const ShardUpload&) = delete;
  ShardUpload& operator=(const ShardUpload&) = delete;
  // RESOURCE_EXHAUSTED: disk full.
  absl::Status Append(const std::string& bytes);
  uint64_t received_bytes() const { return received_bytes_; }
  // Forgets what lies behind `size_bytes`, at most received_bytes().
  absl::Status Truncate(uint64_t size_bytes);
  // Checks the length and syncs the file.
  absl::Status Sync();
  // Gives the synced file its name. The caller syncs the folder before anything counts on it.
  absl::Status Publish();

 private:
  friend class ShardFiles;
  ShardUpload(int fd, std::string temporary_path, std::string path, uint64_t length_bytes);
  int fd_;
  const std::string temporary_path_;
  const std::string path_;
  const uint64_t length_bytes_;
  uint64_t received_bytes_ = 0;
};

// Thread-safe: holds only the folder's name.
class ShardFiles {
 public:
  explicit ShardFiles(std::string folder) : folder_(std::move(folder)) {}
  absl::StatusOr<std::unique_ptr<ShardUpload>> Begin(work::UnitId unit, work::FencingToken token,
                                                     uint64_t length_bytes);
  std::string PathOf(work::UnitId unit, work::FencingToken token) const;
  void Remove(work::UnitId unit, work::FencingToken token);
  // Whether a finished shard lies here, of whatever unit.
  bool HoldsAny() const;
  // Removes every file that is not in `kept` (paths).
  absl::Status Sweep(const std::set<std::string>& kept);

 private:
  const std::string folder_;
};

}  // namespace moyo::store
