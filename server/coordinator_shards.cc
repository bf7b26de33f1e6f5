// ShardService.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/base/digest.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/rpc/protocol.h"
#include "server/coordinator.h"
#include "server/messages.h"

namespace moyo::server {
namespace {

// A lease is renewed each time that so much more of its shard came.
constexpr uint64_t kRenewEveryBytes = rpc::kChunkBytes;

store::UploadKey KeyOf(const v1::UploadShardHeader& header) {
  return {
      {header.unit_id()}, {header.fencing_token()}, header.shard_digest(), header.length_bytes()};
}

}  // namespace

absl::Status Coordinator::UploadShard(const Receive<v1::UploadShardRequest>& receive,
                                      v1::UploadShardResponse& response) {
  const TransferTimer timer(traffic_.uploads, clock_);
  return NoteStorage(ReceiveShard(receive));
}

absl::Status Coordinator::NoteStorage(absl::Status status) {
  status = NoteFullDisk(std::move(status));
  if (!status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  storage_error_.clear();
  return status;
}

absl::Status Coordinator::NoteFullDisk(absl::Status status) {
  // Whoever writes to a disk that cannot be written waits as for one that is full.
  if (absl::IsPermissionDenied(status)) status = absl::ResourceExhaustedError(status.message());
  if (!absl::IsResourceExhausted(status)) return status;
  absl::MutexLock lock(&mutex_);
  storage_error_ = std::string(status.message());
  return status;
}

absl::Status Coordinator::CheckHeader(const v1::UploadShardHeader& header) const {
  if (header.shard_digest().size() != sizeof(Digest)) {
    return absl::InvalidArgumentError("a shard digest has 32 bytes");
  }
  MOYO_RETURN_IF_ERROR(CheckRun(header.run_id()));
  if (header.length_bytes() <= store::kMaxShardBytes) return absl::OkStatus();
  // Not RESOURCE_EXHAUSTED: no waiting makes it smaller. Given back as failed, the unit is split.
  return absl::InvalidArgumentError(
      absl::StrCat("a shard may have at most ", store::kMaxShardBytes, " bytes"));
}

absl::Status Coordinator::ReceiveShard(const Receive<v1::UploadShardRequest>& receive) {
  v1::UploadShardRequest message;
  if (!receive(&message) || !message.has_header()) {
    return absl::InvalidArgumentError("the first message must carry the header");
  }
  const v1::UploadShardHeader header = message.header();
  MOYO_RETURN_IF_ERROR(CheckHeader(header));
  const store::UploadKey key = KeyOf(header);
  MOYO_ASSIGN_OR_RETURN(std::unique_ptr<store::ShardUpload> upload,
                        header.offset() == 0
                            ? store_.BeginUpload(key.unit, key.token, key.length_bytes)
                            : store_.ResumeUpload(key, header.offset()));
  if (upload == nullptr) return absl::OkStatus();
  uint64_t renewed_at_bytes = upload->received_bytes();
  do {
    if (message.data().size() > rpc::kChunkBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("a message may carry at most ", rpc::kChunkBytes, " bytes of a shard"));
    }
    traffic_.uploads.bytes += message.data().size();
    MOYO_RETURN_IF_ERROR(upload->Append(message.data()));
    if (upload->received_bytes() - renewed_at_bytes >= kRenewEveryBytes) {
      renewed_at_bytes = upload->received_bytes();
      MOYO_RETURN_IF_ERROR(store_.RenewUpload(key.unit, key.token));
    }
  } while (receive(&message));
  if (upload->received_bytes() < key.length_bytes) {
    const uint64_t received_bytes = upload->received_bytes();
    store_.SuspendUpload(key, std::move(upload));
    return absl::InvalidArgumentError(absl::StrCat("the shard has ", received_bytes,
                                                   " bytes, its header says ", key.length_bytes));
  }
  return store_.FinishUpload(key.unit, key.token, key.digest, key.length_bytes, std::move(upload));
}

absl::Status Coordinator::GetUpload(const v1::GetUploadRequest& request,
                                    v1::GetUploadResponse& response) {
  MOYO_RETURN_IF_ERROR(CheckHeader(request.header()));
  response.set_received_bytes(store_.SuspendedBytes(KeyOf(request.header())));
  return absl::OkStatus();
}

absl::Status Coordinator::DownloadShard(const v1::DownloadShardRequest& request,
                                        const Send<v1::DownloadShardResponse>& send) {
  MOYO_ASSIGN_OR_RETURN(const auto shard, store_.FindShard({request.unit_id()}));
  const auto& [path, length_bytes] = shard;
  const TransferTimer timer(traffic_.shard_downloads, clock_);
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ErrnoStatus(errno, "open", path);
  const absl::Cleanup close_fd = [fd = fd] { close(fd); };
  v1::DownloadShardResponse message;
  uint64_t offset = request.offset();
  while (offset < length_bytes) {
    std::string& data = *message.mutable_data();
    data.resize(std::min<uint64_t>(rpc::kChunkBytes, length_bytes - offset));
    const ssize_t got = pread(fd, data.data(), data.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus(errno, "read", path);
    if (got == 0) return absl::DataLossError(absl::StrCat("'", path, "' is shorter than it was"));
    data.resize(got);
    offset += got;
    traffic_.shard_downloads.bytes += got;
    if (!send(message)) return absl::CancelledError("the other side went away");
  }
  return absl::OkStatus();
}

Coordinator::Standing Coordinator::Look() {
  Standing standing;
  // Before the units: a scan that ends in between has added its units by then.
  standing.is_scanning = running_scans_ > 0;
  standing.status = store_.GetStatus();
  const store::UnitCounts& units = standing.status.units;
  standing.is_complete = !standing.is_scanning && units.pending + units.leased == 0;
  return standing;
}

absl::Status Coordinator::GetManifest(const v1::GetManifestRequest& request,
                                      v1::GetManifestResponse& response) {
  // First: a manifest taken after "complete" holds every shard.
  response.set_complete(Look().is_complete);
  const std::shared_ptr<const store::Manifest> manifest = store_.GetManifest();
  response.set_dataset_digest(manifest->digest);
  response.set_shard_count(manifest->shards.size());
  if (request.only_summary()) return absl::OkStatus();
  for (const store::Shard& shard : manifest->shards) FillShard(shard, *response.add_shards());
  return absl::OkStatus();
}

}  // namespace moyo::server
