#include "trainer/data/shard_source.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/rpc/channel.h"
#include "moyo/v1/shard.grpc.pb.h"

namespace moyo::trainer {
namespace {

constexpr absl::Duration kPollInterval = absl::Seconds(1);
constexpr absl::Duration kCallTimeout = absl::Seconds(60);
constexpr absl::Duration kDownloadTimeout = absl::Minutes(10);

// A server that stops cuts the calls that it has not answered. To this side that is an outage like
// any other: no call is cancelled here whose status is looked at.
absl::Status FromServer(const grpc::Status& status) {
  if (status.error_code() != grpc::StatusCode::CANCELLED) return rpc::FromGrpc(status);
  return absl::UnavailableError("the server ended the call");
}

class ShardClient {
 public:
  explicit ShardClient(const rpc::ServerAccess& server)
      : stub_(v1::ShardService::NewStub(rpc::MakeChannel(server))) {}

  absl::StatusOr<v1::GetManifestResponse> Manifest(bool only_summary) {
    v1::GetManifestRequest request;
    request.set_only_summary(only_summary);
    v1::GetManifestResponse response;
    MOYO_RETURN_IF_ERROR(rpc::Retry(absl::InfiniteDuration(), [&] {
      grpc::ClientContext context;
      rpc::SetDeadline(context, kCallTimeout);
      return FromServer(stub_->GetManifest(&context, request, &response));
    }));
    return response;
  }

  // Goes on where the last try stopped.
  absl::StatusOr<std::string> Download(const v1::ShardEntry& shard) {
    std::string file;
    MOYO_RETURN_IF_ERROR(rpc::Retry(absl::InfiniteDuration(), [&] {
      grpc::ClientContext context;
      rpc::SetDeadline(context, kDownloadTimeout);
      v1::DownloadShardRequest request;
      request.set_unit_id(shard.unit_id());
      request.set_offset(file.size());
      const auto reader = stub_->DownloadShard(&context, request);
      v1::DownloadShardResponse message;
      while (reader->Read(&message)) {
        file += message.data();
        if (file.size() <= shard.length_bytes()) continue;
        context.TryCancel();  // or Finish waits for the rest of the stream
        (void)reader->Finish();
        return absl::DataLossError(absl::StrCat("the server's shard of unit ", shard.unit_id(),
                                                " is longer than its manifest says"));
      }
      return FromServer(reader->Finish());
    }));
    return file;
  }

 private:
  std::unique_ptr<v1::ShardService::Stub> stub_;
};

absl::StatusOr<shard::Columns> ReadChecked(std::string_view file, const v1::ShardEntry& entry) {
  MOYO_ASSIGN_OR_RETURN(shard::Columns columns, shard::ReadNpz(file));
  if (ToBytes(shard::DigestOf(columns)) == entry.shard_digest()) return columns;
  return absl::DataLossError(
      absl::StrCat("shard of unit ", entry.unit_id(), " has another digest"));
}

// From the cache, or from the server into the cache.
absl::StatusOr<shard::Columns> LoadShard(ShardClient& client, const v1::ShardEntry& entry,
                                         const std::string& cache_folder) {
  const std::string path =
      absl::StrCat(cache_folder, "/", Hex(entry.shard_digest()).substr(0, 32), ".npz");
  if (const auto cached = ReadFile(path); cached.ok()) {
    auto columns = ReadChecked(*cached, entry);
    if (columns.ok()) return columns;
  }
  MOYO_ASSIGN_OR_RETURN(const std::string file, client.Download(entry));
  MOYO_ASSIGN_OR_RETURN(shard::Columns columns, ReadChecked(file, entry));
  MOYO_RETURN_IF_ERROR(WriteFileAtomically(path, file));
  return columns;
}

}  // namespace

absl::StatusOr<LoadedDataset> LoadFromServer(
    const rpc::ServerAccess& server, const std::string& cache_folder, double validation_percent,
    const std::function<void(const std::string&)>& on_wait) {
  MOYO_RETURN_IF_ERROR(MakeFolder(cache_folder));
  ShardClient client(server);
  for (;;) {
    MOYO_ASSIGN_OR_RETURN(const v1::GetManifestResponse summary, client.Manifest(true));
    if (summary.complete()) break;
    on_wait(
        absl::StrCat("waiting for the parse to finish: ", summary.shard_count(), " shards so far"));
    if (WaitForShutdown(kPollInterval)) return absl::CancelledError("shutting down");
  }
  MOYO_ASSIGN_OR_RETURN(const v1::GetManifestResponse manifest, client.Manifest(false));
  LoadedDataset loaded;
  loaded.digest = manifest.dataset_digest();
  loaded.dataset = std::make_unique<Dataset>(validation_percent);
  for (const v1::ShardEntry& entry : manifest.shards()) {
    MOYO_ASSIGN_OR_RETURN(shard::Columns columns, LoadShard(client, entry, cache_folder));
    const std::vector<uint32_t> left_out(entry.left_out_rows().begin(),
                                         entry.left_out_rows().end());
    loaded.dataset->AddShard(std::move(columns), left_out);
  }
  if (loaded.dataset->training().size() == 0) {
    return absl::FailedPreconditionError(
        "the dataset holds no 19x19 game to train on; see 'moyo ledger' for what became of the "
        "games");
  }
  return loaded;
}

}  // namespace moyo::trainer
