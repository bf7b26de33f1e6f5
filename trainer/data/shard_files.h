// Shards as files of a folder, and the manifests that name them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/shard/manifest.h"
#include "trainer/data/shard_set.h"

namespace moyo::trainer {

// The bytes of a shard that the folder lacks.
using FetchShard = std::function<absl::StatusOr<std::string>(const shard::ManifestEntry&)>;

// Each shard is read from FOLDER/entry.file and checked against its digest. What is missing or
// damaged is fetched into the folder where there is a `fetch`; else it is DATA_LOSS, with the
// file's name.
class ShardFiles final : public ShardSet {
 public:
  ShardFiles(std::string folder, shard::Manifest manifest, FetchShard fetch = nullptr);

  size_t size() const override { return manifest_.shards.size(); }
  absl::StatusOr<shard::Columns> Read(size_t shard) const override;
  std::span<const uint32_t> left_out_rows(size_t shard) const override {
    return manifest_.shards[shard].left_out_rows;
  }
  uint64_t memory_bytes() const override;
  std::string manifest() const override { return shard::ManifestJson(manifest_); }
  // Reads what the folder lacks; without a `fetch` all that is there, so that what took the place
  // of a shard is noticed.
  absl::Status Complete() const;

 private:
  std::string PathOf(const shard::ManifestEntry& entry) const;

  const std::string folder_;
  const shard::Manifest manifest_;
  const FetchShard fetch_;
};

// The manifests that a trainer has begun an epoch with, the few that were kept or found last, one
// file each: so an epoch can end on its manifest after a restart.
class ManifestStore {
 public:
  explicit ManifestStore(std::string folder) : folder_(std::move(folder)) {}
  absl::Status Keep(const shard::Manifest& manifest) const;
  // Of the dataset with that digest, 32 bytes. NOT_FOUND.
  absl::StatusOr<shard::Manifest> Find(const std::string& dataset_digest) const;

 private:
  std::string PathOf(const std::string& dataset_digest) const;
  void DropOld() const;

  const std::string folder_;
};

}  // namespace moyo::trainer
