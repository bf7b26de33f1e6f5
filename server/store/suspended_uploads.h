// Uploads whose connection broke, kept for a while so that they can go on from where they were.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "server/store/shard_files.h"
#include "server/work/ids.h"

namespace moyo::store {

// An upload goes on only as the same file of the same lease.
struct UploadKey {
  work::UnitId unit;
  work::FencingToken token;
  std::string digest;
  uint64_t length_bytes = 0;
  friend bool operator==(const UploadKey&, const UploadKey&) = default;
};

// Bounded in number, in time, and by the largest shard in bytes. A file is removed with its entry.
// Not thread-safe.
class SuspendedUploads {
 public:
  static constexpr size_t kMost = 16;  // of kMaxShardBytes at most each
  static constexpr absl::Duration kKept = absl::Minutes(5);
  static constexpr uint64_t kFewestBytes = 1u << 20;  // less is sent again as fast

  // Takes the upload, unless it is not worth keeping. The oldest gives way.
  void Put(const UploadKey& key, std::unique_ptr<ShardUpload> upload, absl::Time now);
  // Null: it is not here.
  std::unique_ptr<ShardUpload> Take(const UploadKey& key);
  uint64_t ReceivedBytes(const UploadKey& key) const;  // 0: it is not here
  // Drops those that are too old, and those of leases that no longer count.
  void Sweep(absl::Time now, const std::function<bool(const UploadKey&)>& counts);
  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    UploadKey key;
    std::unique_ptr<ShardUpload> upload;
    absl::Time since;
  };
  std::list<Entry> entries_;  // oldest first
};

}  // namespace moyo::store
