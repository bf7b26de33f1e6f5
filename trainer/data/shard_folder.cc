#include "trainer/data/shard_folder.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "trainer/data/shard_files.h"

namespace moyo::trainer {
namespace {

namespace fs = std::filesystem;

class ShardFolder final : public DatasetSource {
 public:
  explicit ShardFolder(ShardFolderOptions options)
      : options_(std::move(options)), manifests_(options_.cache_folder) {}

  absl::StatusOr<std::shared_ptr<const ShardSet>> First() override {
    MOYO_RETURN_IF_ERROR(AwaitShards(options_.start, [this]() -> absl::StatusOr<ShardsSoFar> {
      MOYO_ASSIGN_OR_RETURN(const shard::Manifest manifest, Look());
      return ShardsSoFar{.shards = manifest.shards.size(), .complete = manifest.complete};
    }));
    return Newest();
  }

  absl::StatusOr<std::shared_ptr<const ShardSet>> Newest() override {
    MOYO_ASSIGN_OR_RETURN(shard::Manifest manifest, Look());
    MOYO_RETURN_IF_ERROR(manifests_.Keep(manifest));
    return std::make_shared<ShardFiles>(options_.folder, std::move(manifest));
  }

  absl::StatusOr<std::shared_ptr<const ShardSet>> OfDigest(const std::string& digest) override {
    MOYO_ASSIGN_OR_RETURN(shard::Manifest manifest, manifests_.Find(digest));
    auto shards = std::make_shared<ShardFiles>(options_.folder, std::move(manifest));
    const absl::Status status = shards->Complete();
    if (!status.ok()) return absl::NotFoundError(status.message());
    return shards;
  }

  absl::StatusOr<std::shared_ptr<const ShardSet>> OfManifest(const std::string& json) override {
    MOYO_ASSIGN_OR_RETURN(shard::Manifest manifest, shard::ParseManifest(json));
    return std::make_shared<ShardFiles>(options_.folder, std::move(manifest));
  }

 private:
  // What the folder holds now.
  absl::StatusOr<shard::Manifest> Look() {
    const std::string path = options_.folder + "/manifest.json";
    const auto json = ReadFile(path);
    if (absl::IsNotFound(json.status())) return List();
    MOYO_RETURN_IF_ERROR(json.status());
    auto manifest = shard::ParseManifest(*json);
    if (manifest.ok()) return manifest;
    return absl::DataLossError(absl::StrCat("'", path, "': ", manifest.status().message()));
  }

  // Without a manifest.
  absl::StatusOr<shard::Manifest> List() {
    std::vector<fs::path> paths;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(options_.folder, error)) {
      if (entry.path().extension() == ".npz") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    const bool may_come = options_.start.start_after > 0 && !error;
    if (paths.empty() && !may_come) {
      return absl::NotFoundError(absl::StrCat("no shard (*.npz) in '", options_.folder,
                                              "'; 'moyo shards --out DIR' writes them"));
    }
    shard::Manifest manifest{.complete = !may_come};
    for (const fs::path& path : paths) {
      MOYO_ASSIGN_OR_RETURN(const shard::ManifestEntry entry, Describe(path));
      manifest.shards.push_back(entry);
    }
    manifest.dataset_digest = shard::DatasetDigestOf(manifest.shards);
    return manifest;
  }

  // Reads a file that is new or has changed.
  absl::StatusOr<shard::ManifestEntry> Describe(const fs::path& path) {
    std::error_code error;
    const fs::file_time_type written = fs::last_write_time(path, error);
    Known& known = known_[path.filename()];
    if (known.written == written && known.entry.games > 0) return known.entry;
    MOYO_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
    const auto columns = shard::ReadNpz(bytes);
    if (!columns.ok()) {
      return absl::DataLossError(
          absl::StrCat("shard '", path.string(), "': ", columns.status().message()));
    }
    known = {.written = written,
             .entry = {.file = path.filename(),
                       .digest = shard::DigestOf(*columns),
                       .length_bytes = bytes.size(),
                       .games = columns->games(),
                       .positions = columns->positions()}};
    return known.entry;
  }

  struct Known {
    fs::file_time_type written;
    shard::ManifestEntry entry;
  };
  const ShardFolderOptions options_;
  const ManifestStore manifests_;
  std::map<std::string, Known> known_;  // by file name
};

}  // namespace

std::unique_ptr<DatasetSource> MakeShardFolder(ShardFolderOptions options) {
  return std::make_unique<ShardFolder>(std::move(options));
}

}  // namespace moyo::trainer
