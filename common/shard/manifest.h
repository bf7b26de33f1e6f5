// The ordered shards of a dataset, as the manifest.json beside shard files holds them.
//
// JSON: {"dataset_digest": hex, "complete": bool, "shards": [{"file", "unit_id", "digest": hex of
// the shard's columns, "bytes", "games", "positions", "left_out_rows": [rows that are copies of
// games elsewhere, or the first moves of longer ones]}]}.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/digest.h"

namespace moyo::shard {

struct ManifestEntry {
  std::string file = {};  // name in the manifest's folder
  uint64_t unit_id = 0;
  Digest digest{};  // DigestOf its columns
  uint64_t length_bytes = 0;
  uint64_t games = 0;                        // rows, the left-out ones too
  uint64_t positions = 0;                    // moves of all rows
  std::vector<uint32_t> left_out_rows = {};  // ascending
};

struct Manifest {
  Digest dataset_digest{};
  bool complete = false;  // no shard is to come
  std::vector<ManifestEntry> shards = {};
};

// The digest that shards have together, added in their order: what a server gives for the same
// ones. Source: GetManifestResponse.dataset_digest in proto/moyo/v1/shard.proto.
class DatasetDigest {
 public:
  void Add(std::string_view shard_digest, const std::vector<uint32_t>& left_out_rows);
  Digest Finish() { return sha_.Finish(); }

 private:
  Sha256 sha_;
};
Digest DatasetDigestOf(const std::vector<ManifestEntry>& shards);

std::string ManifestJson(const Manifest& manifest);
// DATA_LOSS: not a manifest, or a file name with a slash; says what is wrong.
absl::StatusOr<Manifest> ParseManifest(std::string_view json);

}  // namespace moyo::shard
