#include "cli/planes/shard_feed.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/shard_download.h"
#include "common/base/files.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
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
  std::vector<uint32_t> left_out_rows = {};
};

// What `moyo shards` says about its files.
struct Manifest {
  std::string dataset_digest;
  std::vector<ShardPath> shards = {};  // names alone
};

// Empty when the folder has no manifest.
absl::StatusOr<std::optional<Manifest>> ReadManifest(const fs::path& folder) {
  const std::string path = (folder / kManifest).string();
  const absl::StatusOr<std::string> text = ReadFile(path, kManifestMaxBytes);
  if (absl::IsNotFound(text.status())) return std::nullopt;
  if (!text.ok()) return text.status();
  try {
    const auto json = nlohmann::json::parse(*text);
    Manifest manifest{.dataset_digest = json.at("dataset_digest")};
    for (const auto& entry : json.at("shards")) {
      const std::string file = entry.at("file");
      // Only names: a manifest never leads out of its folder.
      if (fs::path(file).filename() != file) {
        return absl::DataLossError(absl::StrCat("'", path, "' names a file outside its folder"));
      }
      ShardPath shard{.path = file, .left_out_rows = entry.at("left_out_rows")};
      std::sort(shard.left_out_rows.begin(), shard.left_out_rows.end());
      manifest.shards.push_back(std::move(shard));
    }
    return manifest;
  } catch (const nlohmann::json::exception&) {
    return absl::DataLossError(
        absl::StrCat("'", path, "' is not what 'moyo shards' writes; run that again"));
  }
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
    MOYO_ASSIGN_OR_RETURN(const std::optional<Manifest> manifest, ReadManifest(folder));
    ShardPath shard{.path = path};
    for (const ShardPath& named : manifest ? manifest->shards : std::vector<ShardPath>()) {
      if (named.path == file.filename()) shard.left_out_rows = named.left_out_rows;
    }
    paths_.push_back(std::move(shard));
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
    shard.columns = *std::move(columns);
    shard.left_out_rows = at.left_out_rows;
    return true;
  }
  size_t shard_count() const override { return paths_.size(); }
  const std::string& dataset_digest() const override { return digest_; }

 private:
  absl::Status AddFolder(const std::string& folder) {
    MOYO_ASSIGN_OR_RETURN(const std::optional<Manifest> manifest, ReadManifest(folder));
    const size_t before = paths_.size();
    if (manifest) {
      digest_ = manifest->dataset_digest;
      for (const ShardPath& named : manifest->shards) {
        paths_.push_back({(fs::path(folder) / named.path).string(), named.left_out_rows});
      }
    } else {
      for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == ".npz") paths_.push_back({entry.path().string()});
      }
      std::sort(paths_.begin() + before, paths_.end(),
                [](const ShardPath& a, const ShardPath& b) { return a.path < b.path; });
    }
    if (paths_.size() > before) return absl::OkStatus();
    return absl::NotFoundError(
        absl::StrCat("no shard (.npz) in '", folder, "'; 'moyo shards' writes them"));
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
