#include "trainer/data/shard_files.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "trainer/data/dataset.h"

namespace moyo::trainer {
namespace {

using FileClock = std::filesystem::file_time_type::clock;

constexpr size_t kManifestsKept = 8;
constexpr char kManifestEnding[] = ".manifest.json";

absl::StatusOr<shard::Columns> ReadChecked(std::string_view file,
                                           const shard::ManifestEntry& entry) {
  MOYO_ASSIGN_OR_RETURN(shard::Columns columns, shard::ReadNpz(file));
  if (shard::DigestOf(columns) == entry.digest) return columns;
  return absl::DataLossError("its digest is not the manifest's");
}

}  // namespace

ShardFiles::ShardFiles(std::string folder, shard::Manifest manifest, FetchShard fetch)
    : ShardSet(ToBytes(manifest.dataset_digest)),
      folder_(std::move(folder)),
      manifest_(std::move(manifest)),
      fetch_(std::move(fetch)) {}

std::string ShardFiles::PathOf(const shard::ManifestEntry& entry) const {
  return absl::StrCat(folder_, "/", entry.file);
}

absl::StatusOr<shard::Columns> ShardFiles::Read(size_t shard) const {
  const shard::ManifestEntry& entry = manifest_.shards[shard];
  const std::string path = PathOf(entry);
  absl::Status failure;
  {
    const auto file = ReadFile(path);
    if (file.ok()) {
      auto columns = ReadChecked(*file, entry);
      if (columns.ok()) return columns;
      failure = columns.status();
    } else {
      failure = file.status();
    }
  }
  if (!fetch_) {
    return absl::DataLossError(absl::StrCat("shard '", path, "': ", failure.message(),
                                            "; 'moyo shards --out' writes the folder again"));
  }
  if (ShutdownRequested()) return absl::CancelledError("shutting down");
  MOYO_ASSIGN_OR_RETURN(const std::string file, fetch_(entry));
  auto columns = ReadChecked(file, entry);
  if (!columns.ok()) {
    return absl::DataLossError(
        absl::StrCat("shard of unit ", entry.unit_id, ": ", columns.status().message(),
                     "; the server may have been reset: start the trainer again to go on"));
  }
  MOYO_RETURN_IF_ERROR(WriteFileAtomically(path, file));
  return columns;
}

absl::Status ShardFiles::Complete() const {
  for (size_t i = 0; i < size(); ++i) {
    // What is not the manifest's is fetched when it is read; without a fetch it is lost.
    if (fetch_ && std::filesystem::exists(PathOf(manifest_.shards[i]))) continue;
    MOYO_RETURN_IF_ERROR(Read(i).status());
  }
  return absl::OkStatus();
}

uint64_t ShardFiles::memory_bytes() const {
  uint64_t games = 0, positions = 0;
  for (const shard::ManifestEntry& entry : manifest_.shards) {
    games += entry.games;
    positions += entry.positions;
  }
  return Dataset::EstimateBytes(games, positions);
}

// 32 hexadecimal digits: half a digest tells datasets apart.
std::string ManifestStore::PathOf(const std::string& dataset_digest) const {
  return absl::StrCat(folder_, "/", Hex(dataset_digest).substr(0, 32), kManifestEnding);
}

absl::Status ManifestStore::Keep(const shard::Manifest& manifest) const {
  MOYO_RETURN_IF_ERROR(MakeFolder(folder_));
  MOYO_RETURN_IF_ERROR(
      WriteFileAtomically(PathOf(ToBytes(manifest.dataset_digest)), shard::ManifestJson(manifest)));
  DropOld();
  return absl::OkStatus();
}

absl::StatusOr<shard::Manifest> ManifestStore::Find(const std::string& dataset_digest) const {
  MOYO_ASSIGN_OR_RETURN(const std::string json, ReadFile(PathOf(dataset_digest)));
  auto manifest = shard::ParseManifest(json);
  if (!manifest.ok() || ToBytes(manifest->dataset_digest) != dataset_digest) {
    return absl::NotFoundError("the manifest that was kept is damaged");
  }
  std::error_code ignored;  // in use: the others are older now
  std::filesystem::last_write_time(PathOf(dataset_digest), FileClock::now(), ignored);
  return manifest;
}

void ManifestStore::DropOld() const {
  std::vector<std::pair<std::filesystem::file_time_type, std::filesystem::path>> all;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    if (entry.path().string().ends_with(kManifestEnding)) {
      all.emplace_back(std::filesystem::last_write_time(entry.path(), error), entry.path());
    }
  }
  std::sort(all.rbegin(), all.rend());
  for (size_t i = kManifestsKept; i < all.size(); ++i) {
    std::filesystem::remove(all[i].second, error);
  }
}

}  // namespace moyo::trainer
