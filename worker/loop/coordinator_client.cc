#include "worker/loop/coordinator_client.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/rpc/channel.h"
#include "common/rpc/protocol.h"

namespace moyo::worker {
namespace {

constexpr absl::Duration kCallTimeout = absl::Seconds(30);
constexpr absl::Duration kReleaseTimeout = absl::Seconds(3);
constexpr absl::Duration kStreamTimeout = absl::Minutes(10);
constexpr size_t kResumableBytes = 1u << 20;  // the server keeps no less of a broken upload

enum class AtStop : uint8_t { kCancel, kGoOn };

}  // namespace

// One call's context, known to CancelCalls while it runs.
class CoordinatorClient::Call {
 public:
  Call(CoordinatorClient& client, absl::Duration timeout, AtStop at_stop = AtStop::kCancel)
      : client_(client), at_stop_(at_stop) {
    rpc::SetDeadline(context_, timeout);
    if (at_stop == AtStop::kGoOn) return;
    absl::MutexLock lock(&client_.mutex_);
    client_.running_.insert(&context_);
    if (client_.cancelled_) context_.TryCancel();
  }
  ~Call() {
    absl::MutexLock lock(&client_.mutex_);
    client_.running_.erase(&context_);
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  grpc::ClientContext* context() { return &context_; }

  absl::Status Result(const grpc::Status& answer) {
    absl::Status status = rpc::FromGrpc(answer);
    if (!absl::IsCancelled(status)) return status;
    absl::MutexLock lock(&client_.mutex_);
    if (client_.cancelled_ && at_stop_ == AtStop::kCancel) return status;
    return absl::UnavailableError(status.message());
  }

 private:
  CoordinatorClient& client_;
  const AtStop at_stop_;
  grpc::ClientContext context_;
};

absl::Status CoordinatorClient::Connect(const rpc::OnWait& on_wait) {
  MOYO_RETURN_IF_ERROR(rpc::AwaitServer(server_, on_wait));
  const std::shared_ptr<grpc::Channel> channel = rpc::MakeChannel(server_);
  work_ = v1::WorkService::NewStub(channel);
  shards_ = v1::ShardService::NewStub(channel);
  return absl::OkStatus();
}

void CoordinatorClient::CancelCalls() {
  absl::MutexLock lock(&mutex_);
  cancelled_ = true;
  for (grpc::ClientContext* context : running_) context->TryCancel();
}

absl::StatusOr<v1::RegisterWorkerResponse> CoordinatorClient::Register(
    const v1::RegisterWorkerRequest& request) {
  Call call(*this, kCallTimeout);
  v1::RegisterWorkerResponse response;
  MOYO_RETURN_IF_ERROR(call.Result(work_->RegisterWorker(call.context(), request, &response)));
  return response;
}

absl::StatusOr<v1::LeaseUnitResponse> CoordinatorClient::Lease(
    const v1::LeaseUnitRequest& request) {
  Call call(*this, kCallTimeout);
  v1::LeaseUnitResponse response;
  MOYO_RETURN_IF_ERROR(call.Result(work_->LeaseUnit(call.context(), request, &response)));
  return response;
}

absl::StatusOr<v1::HeartbeatResponse> CoordinatorClient::Heartbeat(
    const v1::HeartbeatRequest& request, absl::Duration timeout) {
  Call call(*this, timeout);
  v1::HeartbeatResponse response;
  MOYO_RETURN_IF_ERROR(call.Result(work_->Heartbeat(call.context(), request, &response)));
  return response;
}

absl::StatusOr<v1::CommitUnitResponse> CoordinatorClient::Commit(
    const v1::CommitUnitRequest& request) {
  Call call(*this, kCallTimeout);
  v1::CommitUnitResponse response;
  MOYO_RETURN_IF_ERROR(call.Result(work_->CommitUnit(call.context(), request, &response)));
  return response;
}

absl::Status CoordinatorClient::Release(const v1::ReleaseUnitRequest& request) {
  Call call(*this, kReleaseTimeout, AtStop::kGoOn);
  v1::ReleaseUnitResponse response;
  return call.Result(work_->ReleaseUnit(call.context(), request, &response));
}

absl::Status CoordinatorClient::Fetch(const v1::FetchSourcesRequest& request,
                                      absl::FunctionRef<bool(v1::FetchSourcesResponse&)> receive) {
  Call call(*this, kStreamTimeout);
  const auto reader = work_->FetchSources(call.context(), request);
  v1::FetchSourcesResponse message;
  while (reader->Read(&message)) {
    if (!receive(message)) {
      call.context()->TryCancel();
      break;
    }
  }
  return call.Result(reader->Finish());
}

absl::Status CoordinatorClient::Upload(v1::UploadShardHeader header, std::string_view file) {
  if (file.size() >= kResumableBytes) {
    MOYO_ASSIGN_OR_RETURN(const uint64_t received_bytes, AskReceived(header));
    header.set_offset(std::min<uint64_t>(received_bytes, file.size()));
    file.remove_prefix(header.offset());
  }
  Call call(*this, kStreamTimeout);
  v1::UploadShardResponse response;
  const auto writer = shards_->UploadShard(call.context(), &response);
  v1::UploadShardRequest message;
  *message.mutable_header() = std::move(header);
  do {
    const std::string_view piece = file.substr(0, rpc::kChunkBytes);
    message.set_data(piece.data(), piece.size());
    file.remove_prefix(piece.size());
    if (!writer->Write(message)) break;  // Finish tells why
    message.clear_header();
  } while (!file.empty());
  writer->WritesDone();
  return call.Result(writer->Finish());
}

// Of a try whose connection broke, here or in an earlier life of this worker.
absl::StatusOr<uint64_t> CoordinatorClient::AskReceived(const v1::UploadShardHeader& header) {
  Call call(*this, kCallTimeout);
  v1::GetUploadRequest request;
  *request.mutable_header() = header;
  v1::GetUploadResponse response;
  MOYO_RETURN_IF_ERROR(call.Result(shards_->GetUpload(call.context(), request, &response)));
  return response.received_bytes();
}

}  // namespace moyo::worker
