#include "cli/shard_download.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/files.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/rpc/channel.h"
#include "common/shard/manifest.h"
#include "common/status/status_json.h"

namespace moyo::cli {
namespace {

constexpr absl::Duration kShardTimeout = absl::Minutes(10);

// What `bytes` hold; DATA_LOSS unless they are the shard that the manifest names.
absl::StatusOr<shard::Columns> CheckShard(const v1::ShardEntry& entry, const std::string& bytes) {
  const std::string name = ShardFileName(entry.unit_id());
  if (bytes.size() != entry.length_bytes()) {
    return absl::DataLossError(absl::StrCat(name, " has ", bytes.size(),
                                            " bytes, the manifest says ", entry.length_bytes()));
  }
  absl::StatusOr<shard::Columns> columns = shard::ReadNpz(bytes);
  if (!columns.ok()) {
    return absl::DataLossError(absl::StrCat(name, " is damaged: ", columns.status().message()));
  }
  const Digest digest = shard::DigestOf(*columns);
  const std::string got(digest.begin(), digest.end());
  if (got == entry.shard_digest()) return columns;
  return absl::DataLossError(absl::StrCat(name, " has digest ", HexDigest(got),
                                          ", the manifest says ", HexDigest(entry.shard_digest())));
}

// Appends what the server sends from there on.
absl::Status FetchRest(ServerConnection& server, const v1::ShardEntry& entry, std::string& bytes) {
  grpc::ClientContext context;
  rpc::SetDeadline(context, kShardTimeout);
  v1::DownloadShardRequest request;
  request.set_unit_id(entry.unit_id());
  request.set_offset(bytes.size());
  const auto stream = server.shards().DownloadShard(&context, request);
  v1::DownloadShardResponse response;
  while (stream->Read(&response)) {
    bytes += response.data();
    // More than announced is refused by CheckShard; a stop also ends the stream.
    if (bytes.size() > entry.length_bytes() || ShutdownRequested()) break;
  }
  const bool is_too_long = bytes.size() > entry.length_bytes();
  if (is_too_long || ShutdownRequested()) context.TryCancel();
  const grpc::Status ended = stream->Finish();
  if (ShutdownRequested()) {
    return absl::CancelledError("stopped by a signal; the same command goes on");
  }
  return is_too_long ? absl::OkStatus() : rpc::FromGrpc(ended);
}

// A stream that breaks goes on where it was, as long as each try brings something.
absl::StatusOr<std::string> Fetch(ServerConnection& server, const v1::ShardEntry& entry) {
  std::string bytes;
  for (;;) {
    const size_t before = bytes.size();
    const absl::Status status = FetchRest(server, entry, bytes);
    if (status.ok()) return bytes;
    if (ShutdownRequested()) return status;
    if (!rpc::IsRetryable(status) || bytes.size() == before) {
      return server.Explain(status, "a shard");
    }
  }
}

bool IsThere(const std::string& path, const v1::ShardEntry& entry) {
  const absl::StatusOr<std::string> bytes = ReadFile(path, shard::kMaxFileBytes);
  return bytes.ok() && CheckShard(entry, *bytes).ok();
}

shard::Manifest ManifestOf(const v1::GetManifestResponse& response) {
  shard::Manifest manifest{.dataset_digest = DigestFromBytes(response.dataset_digest()),
                           .complete = response.complete()};
  for (const v1::ShardEntry& entry : response.shards()) {
    manifest.shards.push_back(
        {.file = ShardFileName(entry.unit_id()),
         .unit_id = entry.unit_id(),
         .digest = DigestFromBytes(entry.shard_digest()),
         .length_bytes = entry.length_bytes(),
         .games = entry.games(),
         .positions = entry.positions(),
         .left_out_rows = {entry.left_out_rows().begin(), entry.left_out_rows().end()}});
  }
  return manifest;
}

}  // namespace

absl::StatusOr<v1::GetManifestResponse> GetManifest(ServerConnection& server) {
  grpc::ClientContext context;
  rpc::SetDeadline(context, absl::Minutes(1));
  v1::GetManifestResponse manifest;
  MOYO_RETURN_IF_ERROR(server.Explain(
      rpc::FromGrpc(server.shards().GetManifest(&context, v1::GetManifestRequest(), &manifest)),
      "the manifest"));
  return manifest;
}

absl::StatusOr<FetchedShard> FetchShard(ServerConnection& server, const v1::ShardEntry& entry) {
  if (entry.length_bytes() > shard::kMaxFileBytes) {
    return absl::ResourceExhaustedError(absl::StrCat(ShardFileName(entry.unit_id()), " would have ",
                                                     entry.length_bytes(), " bytes, the limit is ",
                                                     shard::kMaxFileBytes));
  }
  absl::Status wrong;
  for (int attempt = 0; attempt < 2; ++attempt) {
    MOYO_ASSIGN_OR_RETURN(std::string bytes, Fetch(server, entry));
    absl::StatusOr<shard::Columns> columns = CheckShard(entry, bytes);
    if (columns.ok()) return FetchedShard{std::move(bytes), *std::move(columns)};
    wrong = columns.status();
  }
  return absl::DataLossError(absl::StrCat("server ", server.address(), " sent a wrong shard: ",
                                          wrong.message(), "; nothing was kept of it"));
}

std::string ShardFileName(uint64_t unit_id) { return absl::StrFormat("unit-%08d.npz", unit_id); }

absl::StatusOr<DownloadResult> DownloadShards(ServerConnection& server, const std::string& out,
                                              ProgressBar& progress) {
  MOYO_ASSIGN_OR_RETURN(const v1::GetManifestResponse manifest, GetManifest(server));
  MOYO_RETURN_IF_ERROR(MakeFolder(out));
  DownloadResult result;
  result.dataset_digest = HexDigest(manifest.dataset_digest());
  Progress state = {
      .label = "shards", .total = static_cast<uint64_t>(manifest.shards_size()), .noun = "shards"};
  for (const v1::ShardEntry& entry : manifest.shards()) {
    if (ShutdownRequested()) {
      return absl::CancelledError("stopped by a signal; the same command goes on");
    }
    const std::string path = absl::StrCat(out, "/", ShardFileName(entry.unit_id()));
    if (IsThere(path, entry)) {
      ++result.kept;
    } else {
      MOYO_ASSIGN_OR_RETURN(const FetchedShard fetched, FetchShard(server, entry));
      MOYO_RETURN_IF_ERROR(WriteFileAtomically(path, fetched.bytes));
      ++result.downloaded;
    }
    result.bytes += entry.length_bytes();
    result.games += entry.games() - entry.left_out_rows_size();
    ++state.done;
    progress.Update(state);
  }
  MOYO_RETURN_IF_ERROR(
      WriteFileAtomically(out + "/manifest.json", shard::ManifestJson(ManifestOf(manifest))));
  progress.Finish(state);
  return result;
}

}  // namespace moyo::cli
