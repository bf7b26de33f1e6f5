#include "cli/planes/shard_feed.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/shard_download.h"
#include "common/base/files.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/shard/manifest.h"
#include "common/status/status_json.h"

namespace moyo::cli {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kManifestMaxBytes = uint64_t{1} << 30;
constexpr char kManifest[] = "manifest.json";

absl::Status Stopped() { return absl::CancelledError("stopped by a signal"); }

class ServerFeed final : public ShardFeed {
 public:
  ServerFeed(std::unique_ptr<ServerConnection> server, v1::GetManifestResponse manifest)
      : server_(std::move(server)),
        manifest_(std::move(manifest)),
        digest_(HexDigest(manifest_.dataset_digest())) {}

  absl::StatusOr<bool> Next(FedShard& shard) override {
    if (ShutdownRequested()) return Stopped();
    if (next_ >= manifest_.shards_size()) return false;
    const v1::ShardEntry& entry = manifest_.shards(next_++);
    MOYO_ASSIGN_OR_RETURN(FetchedShard fetched, FetchShard(*server_, entry));
    shard.columns = std::move(fetched.columns);
    shard.left_out_rows.assign(entry.left_out_rows().begin(), entry.left_out_rows().end());
    return true;
  }
  size_t shard_count() const override { return manifest_.shards_size(); }
  const std::string& dataset_digest() const override { return digest_; }

 private:
  std::unique_ptr<ServerConnection> server_;
  const v1::GetManifestResponse manifest_;
  const std::string digest_;
  int next_ = 0;
};

struct ShardPath {
  std::string path;
  std::optional<shard::ManifestEntry> entry = {};  // what a manifest says of it
};

// Empty when the folder has no manifest.
absl::StatusOr<std::optional<shard::Manifest>> ReadManifest(const fs::path& folder) {
  const std::string path = (folder / kManifest).string();
  const absl::StatusOr<std::string> text = ReadFile(path, kManifestMaxBytes);
  if (absl::IsNotFound(text.status())) return std::nullopt;
  if (!text.ok()) return text.status();
  absl::StatusOr<shard::Manifest> manifest = shard::ParseManifest(*text);
  if (manifest.ok()) return *std::move(manifest);
  return absl::DataLossError(
      absl::StrCat("'", path, "': ", manifest.status().message(), "; run 'moyo shards' again"));
}

class FileFeed final : public ShardFeed {
 public:
  absl::Status Add(const std::string& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (fs::is_directory(status)) return AddFolder(path);
    if (!fs::exists(status)) {
      return absl::NotFoundError(
          absl::StrCat("no shard '", path, "'; give .npz files or the folder of 'moyo shards'"));
    }
    const fs::path file(path);
    const fs::path folder = file.parent_path().empty() ? fs::path(".") : file.parent_path();
    MOYO_ASSIGN_OR_RETURN(const auto manifest, ReadManifest(folder));
    ShardPath shard{.path = path};
    if (manifest) {
      for (const shard::ManifestEntry& entry : manifest->shards) {
        if (entry.file == file.filename()) shard.entry = entry;
      }
    }
    Take({std::move(shard)}, "");
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Next(FedShard& shard) override {
    if (ShutdownRequested()) return Stopped();
    if (next_ >= paths_.size()) return false;
    const ShardPath& at = paths_[next_++];
    MOYO_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(at.path, shard::kMaxFileBytes));
    absl::StatusOr<shard::Columns> columns = shard::ReadNpz(bytes);
    if (!columns.ok()) {
      return absl::Status(columns.status().code(),
                          absl::StrCat("'", at.path, "': ", columns.status().message()));
    }
    if (at.entry && shard::DigestOf(*columns) != at.entry->digest) {
      return absl::DataLossError(absl::StrCat("'", at.path, "' is not the shard that ", kManifest,
                                              " beside it names; run 'moyo shards' again"));
    }
    shard.columns = *std::move(columns);
    shard.left_out_rows = at.entry ? at.entry->left_out_rows : std::vector<uint32_t>();
    return true;
  }
  size_t shard_count() const override { return paths_.size(); }
  const std::string& dataset_digest() const override { return digest_; }

 private:
  absl::Status AddFolder(const std::string& folder) {
    MOYO_ASSIGN_OR_RETURN(const auto manifest, ReadManifest(folder));
    std::vector<ShardPath> paths;
    if (manifest) {
      for (const shard::ManifestEntry& entry : manifest->shards) {
        paths.push_back({(fs::path(folder) / entry.file).string(), entry});
      }
    } else {
      for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == ".npz") paths.push_back({entry.path().string()});
      }
      std::sort(paths.begin(), paths.end(),
                [](const ShardPath& a, const ShardPath& b) { return a.path < b.path; });
    }
    if (paths.empty()) {
      return absl::NotFoundError(
          absl::StrCat("no shard (.npz) in '", folder, "'; 'moyo shards' writes them"));
    }
    Take(std::move(paths), manifest ? HexDigest(ToBytes(manifest->dataset_digest)) : "");
    return absl::OkStatus();
  }

  // A dataset's digest stands for it alone, not for what is read besides.
  void Take(std::vector<ShardPath> paths, const std::string& dataset_digest) {
    digest_ = paths_.empty() ? dataset_digest : "";
    for (ShardPath& path : paths) paths_.push_back(std::move(path));
  }

  std::vector<ShardPath> paths_;
  std::string digest_;
  size_t next_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ShardFeed>> FeedFromServer(const ServerTarget& target) {
  MOYO_ASSIGN_OR_RETURN(auto server, ServerConnection::Open(target));
  MOYO_ASSIGN_OR_RETURN(v1::GetManifestResponse manifest, GetManifest(*server));
  return std::make_unique<ServerFeed>(std::move(server), std::move(manifest));
}

absl::StatusOr<std::unique_ptr<ShardFeed>> FeedFromFiles(const std::vector<std::string>& paths) {
  auto feed = std::make_unique<FileFeed>();
  for (const std::string& path : paths) MOYO_RETURN_IF_ERROR(feed->Add(path));
  return feed;
}

}  // namespace moyo::cli
