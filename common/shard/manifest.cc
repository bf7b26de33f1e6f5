#include "common/shard/manifest.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace moyo::shard {
namespace {

using Json = nlohmann::ordered_json;

absl::Status Damaged(absl::string_view why) {
  return absl::DataLossError(absl::StrCat("not a manifest: ", why));
}

void AddLittleEndian(Sha256& sha, uint32_t value) {
  uint8_t bytes[sizeof(value)];
  for (uint8_t& byte : bytes) {
    byte = static_cast<uint8_t>(value);
    value >>= 8;
  }
  sha.Update(bytes, sizeof(bytes));
}

// False when the text is no digest.
bool ReadDigest(const std::string& hex, Digest& digest) {
  const bool right = hex.size() == 2 * digest.size() &&
                     hex.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (right) digest = DigestFromBytes(absl::HexStringToBytes(hex));
  return right;
}

// Throws JSON's exceptions.
absl::Status ReadEntry(const Json& json, ManifestEntry& entry) {
  entry.file = json.at("file").get<std::string>();
  if (entry.file.empty() || entry.file.find('/') != std::string::npos) {
    return Damaged(absl::StrCat("'", entry.file, "' is no file name"));
  }
  if (!ReadDigest(json.at("digest"), entry.digest)) {
    return Damaged(absl::StrCat("the digest of '", entry.file, "' is none"));
  }
  entry.unit_id = json.at("unit_id");
  entry.length_bytes = json.at("bytes");
  entry.games = json.at("games");
  entry.positions = json.at("positions");
  entry.left_out_rows = json.at("left_out_rows").get<std::vector<uint32_t>>();
  if (!std::is_sorted(entry.left_out_rows.begin(), entry.left_out_rows.end())) {
    return Damaged(absl::StrCat("the left-out rows of '", entry.file, "' are not in order"));
  }
  return absl::OkStatus();
}

}  // namespace

void DatasetDigest::Add(std::string_view shard_digest, const std::vector<uint32_t>& left_out_rows) {
  sha_.Update(shard_digest);
  AddLittleEndian(sha_, static_cast<uint32_t>(left_out_rows.size()));
  for (const uint32_t row : left_out_rows) AddLittleEndian(sha_, row);
}

Digest DatasetDigestOf(const std::vector<ManifestEntry>& shards) {
  DatasetDigest digest;
  for (const ManifestEntry& entry : shards) digest.Add(ToBytes(entry.digest), entry.left_out_rows);
  return digest.Finish();
}

std::string ManifestJson(const Manifest& manifest) {
  Json shards = Json::array();
  for (const ManifestEntry& entry : manifest.shards) {
    shards.push_back({{"file", entry.file},
                      {"unit_id", entry.unit_id},
                      {"digest", Hex(ToBytes(entry.digest))},
                      {"bytes", entry.length_bytes},
                      {"games", entry.games},
                      {"positions", entry.positions},
                      {"left_out_rows", entry.left_out_rows}});
  }
  const Json json = {{"dataset_digest", Hex(ToBytes(manifest.dataset_digest))},
                     {"complete", manifest.complete},
                     {"shards", std::move(shards)}};
  return json.dump(2) + "\n";
}

absl::StatusOr<Manifest> ParseManifest(std::string_view text) {
  Manifest manifest;
  try {
    const Json json = Json::parse(text);
    manifest.complete = json.at("complete");
    if (!ReadDigest(json.at("dataset_digest"), manifest.dataset_digest)) {
      return Damaged("its dataset digest is none");
    }
    for (const Json& entry : json.at("shards")) {
      const absl::Status status = ReadEntry(entry, manifest.shards.emplace_back());
      if (!status.ok()) return status;
    }
  } catch (const Json::exception& error) {
    return Damaged(error.what());
  }
  return manifest;
}

}  // namespace moyo::shard
