// Packs sources into work units and hands them to the store in batches.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "server/store/store.h"

namespace moyo::catalog {

// A file whose sources are being added.
struct FileProgress {
  store::File file;
  uint64_t added = 0;    // sources handed to the packer
  uint64_t written = 0;  // of them, in the store
  bool ended = false;    // all of its sources were handed over
};

// Only whole units are stored: what a crash cuts off is found again by the next scan. The first
// batches are small, so that workers start at once. Not thread-safe.
class UnitPacker {
 public:
  UnitPacker(store::Store& store, uint32_t games_per_shard)
      : store_(store), games_per_shard_(games_per_shard) {}

  absl::Status Add(const std::shared_ptr<FileProgress>& file, store::Source source,
                   uint32_t games_seen);
  // Call when the file's last source was added.
  void EndFile(const std::shared_ptr<FileProgress>& file);
  // Ends the open unit and writes everything.
  absl::Status Finish();

 private:
  struct Item {
    std::shared_ptr<FileProgress> file;
    store::Source source;
    uint32_t games_seen = 0;
  };
  void CloseUnit();
  absl::Status Flush();

  store::Store& store_;
  const uint32_t games_per_shard_;
  std::vector<Item> items_;
  std::vector<uint64_t> closed_units_;  // sources of each
  size_t closed_items_ = 0;
  uint64_t open_games_ = 0;
  uint64_t open_bytes_ = 0;
  size_t flush_at_items_ = 1;
  std::vector<std::shared_ptr<FileProgress>> ended_;  // since the last flush
};

}  // namespace moyo::catalog
