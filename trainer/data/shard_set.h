// The shards of one manifest, readable one by one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/shard/shard.h"

namespace moyo::trainer {

// Immutable. One thread at a time.
class ShardSet {
 public:
  virtual ~ShardSet() = default;
  virtual size_t size() const = 0;
  // Of a shard in manifest order; may wait for a server. CANCELLED on shutdown.
  virtual absl::StatusOr<shard::Columns> Read(size_t shard) const = 0;
  // Ascending.
  virtual std::span<const uint32_t> left_out_rows(size_t shard) const = 0;
  // What the games take in memory, about, without reading them.
  virtual uint64_t memory_bytes() const = 0;
  const std::string& digest() const { return digest_; }  // of the dataset, 32 bytes
  // What another trainer's DatasetSource::OfManifest needs to have the same shards.
  virtual std::string manifest() const = 0;

 protected:
  explicit ShardSet(std::string digest) : digest_(std::move(digest)) {}

 private:
  const std::string digest_;
};

}  // namespace moyo::trainer
