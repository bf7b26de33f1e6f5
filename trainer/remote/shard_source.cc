#include "trainer/remote/shard_source.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/rpc/channel.h"
#include "moyo/v1/shard.grpc.pb.h"
#include "trainer/data/shard_files.h"
#include "trainer/remote/call_status.h"

namespace moyo::trainer {
namespace {

constexpr absl::Duration kCallTimeout = absl::Seconds(60);
constexpr absl::Duration kDownloadTimeout = absl::Minutes(10);
constexpr absl::Duration kNewestPatience = absl::Seconds(5);

class ShardClient {
 public:
  explicit ShardClient(const rpc::ServerAccess& server)
      : stub_(v1::ShardService::NewStub(rpc::MakeChannel(server))) {}

  absl::StatusOr<v1::GetManifestResponse> Manifest(bool only_summary, absl::Duration patience) {
    v1::GetManifestRequest request;
    request.set_only_summary(only_summary);
    v1::GetManifestResponse response;
    MOYO_RETURN_IF_ERROR(rpc::Retry(patience, [&] {
      grpc::ClientContext context;
      rpc::SetDeadline(context, std::min(patience, kCallTimeout));
      return FromServer(stub_->GetManifest(&context, request, &response));
    }));
    return response;
  }

  // Goes on where the last try stopped.
  absl::StatusOr<std::string> Download(const shard::ManifestEntry& shard) {
    std::string file;
    MOYO_RETURN_IF_ERROR(rpc::Retry(absl::InfiniteDuration(), [&] {
      grpc::ClientContext context;
      rpc::SetDeadline(context, kDownloadTimeout);
      v1::DownloadShardRequest request;
      request.set_unit_id(shard.unit_id);
      request.set_offset(file.size());
      const auto reader = stub_->DownloadShard(&context, request);
      v1::DownloadShardResponse message;
      while (reader->Read(&message)) {
        file += message.data();
        if (file.size() <= shard.length_bytes) continue;
        context.TryCancel();  // or Finish waits for the rest of the stream
        (void)reader->Finish();
        return absl::DataLossError(absl::StrCat("the server's shard of unit ", shard.unit_id,
                                                " is longer than its manifest says"));
      }
      return FromServer(reader->Finish());
    }));
    return file;
  }

 private:
  std::unique_ptr<v1::ShardService::Stub> stub_;
};

// Shards are cached under their digest: units may be split, but a shard is never rewritten.
shard::Manifest ManifestOf(const v1::GetManifestResponse& response) {
  shard::Manifest manifest{.dataset_digest = DigestFromBytes(response.dataset_digest()),
                           .complete = response.complete()};
  for (const v1::ShardEntry& entry : response.shards()) {
    manifest.shards.push_back(
        {.file = absl::StrCat(Hex(entry.shard_digest()).substr(0, 32), ".npz"),
         .unit_id = entry.unit_id(),
         .digest = DigestFromBytes(entry.shard_digest()),
         .length_bytes = entry.length_bytes(),
         .games = entry.games(),
         .positions = entry.positions(),
         .left_out_rows = {entry.left_out_rows().begin(), entry.left_out_rows().end()}});
  }
  return manifest;
}

class ShardSource final : public DatasetSource {
 public:
  explicit ShardSource(ShardSourceOptions options)
      : options_(std::move(options)),
        manifests_(options_.cache_folder),
        client_(std::make_shared<ShardClient>(options_.server)) {}

  absl::StatusOr<std::shared_ptr<const ShardSet>> First() override {
    MOYO_RETURN_IF_ERROR(AwaitShards(options_.start, [this]() -> absl::StatusOr<ShardsSoFar> {
      MOYO_ASSIGN_OR_RETURN(const v1::GetManifestResponse summary,
                            client_->Manifest(true, absl::InfiniteDuration()));
      return ShardsSoFar{.shards = summary.shard_count(), .complete = summary.complete()};
    }));
    return Fetch(absl::InfiniteDuration());
  }

  absl::StatusOr<std::shared_ptr<const ShardSet>> Newest() override {
    return Fetch(kNewestPatience);
  }

  absl::StatusOr<std::shared_ptr<const ShardSet>> OfDigest(const std::string& digest) override {
    MOYO_ASSIGN_OR_RETURN(shard::Manifest manifest, manifests_.Find(digest));
    shard::Manifest kept = manifest;
    const auto shards = Shards(std::move(manifest));
    const absl::Status status = shards->Complete();
    if (status.ok()) {
      last_ = std::move(kept);
      return shards;
    }
    return absl::IsCancelled(status) ? status : absl::NotFoundError(status.message());
  }

  absl::StatusOr<std::shared_ptr<const ShardSet>> OfManifest(const std::string& json) override {
    MOYO_RETURN_IF_ERROR(MakeFolder(options_.cache_folder));
    MOYO_ASSIGN_OR_RETURN(shard::Manifest manifest, shard::ParseManifest(json));
    return Shards(std::move(manifest));
  }

 private:
  std::shared_ptr<const ShardFiles> Shards(shard::Manifest manifest) const {
    return std::make_shared<ShardFiles>(
        options_.cache_folder, std::move(manifest),
        [client = client_](const shard::ManifestEntry& entry) { return client->Download(entry); });
  }

  absl::StatusOr<std::shared_ptr<const ShardSet>> Fetch(absl::Duration patience) {
    MOYO_RETURN_IF_ERROR(MakeFolder(options_.cache_folder));
    MOYO_ASSIGN_OR_RETURN(const v1::GetManifestResponse response,
                          client_->Manifest(false, patience));
    shard::Manifest manifest = ManifestOf(response);
    MOYO_RETURN_IF_ERROR(CheckGrown(manifest));
    MOYO_RETURN_IF_ERROR(manifests_.Keep(manifest));
    last_ = manifest;
    return Shards(std::move(manifest));
  }

  // A run's dataset only grows: units may be split, but a shard stays. The run's id says less: a
  // server that was moved has another one, and the same shards.
  absl::Status CheckGrown(const shard::Manifest& newest) const {
    std::set<Digest> digests;
    for (const shard::ManifestEntry& entry : newest.shards) digests.insert(entry.digest);
    for (const shard::ManifestEntry& entry : last_.shards) {
      if (digests.contains(entry.digest)) continue;
      return absl::FailedPreconditionError(
          absl::StrCat("the server has another run now, without the shard of unit ", entry.unit_id,
                       "; stop the trainer, and start it again to learn from that run's games"));
    }
    return absl::OkStatus();
  }

  const ShardSourceOptions options_;
  const ManifestStore manifests_;
  shard::Manifest last_;  // that was given out; empty at first
  const std::shared_ptr<ShardClient> client_;
};

}  // namespace

std::unique_ptr<DatasetSource> MakeShardSource(ShardSourceOptions options) {
  return std::make_unique<ShardSource>(std::move(options));
}

}  // namespace moyo::trainer
