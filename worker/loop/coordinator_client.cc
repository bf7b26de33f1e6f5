#include "worker/loop/coordinator_client.h"

#include "common/base/status_macros.h"
#include "common/rpc/channel.h"

namespace moyo::worker {
namespace {

constexpr absl::Duration kCallTimeout = absl::Seconds(30);
constexpr absl::Duration kStreamTimeout = absl::Minutes(10);

}  // namespace

CoordinatorClient::CoordinatorClient(const std::string& address) {
  const std::shared_ptr<grpc::Channel> channel = rpc::MakeChannel(address);
  work_ = v1::WorkService::NewStub(channel);
  shards_ = v1::ShardService::NewStub(channel);
}

absl::StatusOr<v1::RegisterWorkerResponse> CoordinatorClient::Register(
    const v1::RegisterWorkerRequest& request) {
  grpc::ClientContext context;
  rpc::SetDeadline(context, kCallTimeout);
  v1::RegisterWorkerResponse response;
  MOYO_RETURN_IF_ERROR(rpc::FromGrpc(work_->RegisterWorker(&context, request, &response)));
  return response;
}

absl::StatusOr<v1::LeaseUnitResponse> CoordinatorClient::Lease(
    const v1::LeaseUnitRequest& request) {
  grpc::ClientContext context;
  rpc::SetDeadline(context, kCallTimeout);
  v1::LeaseUnitResponse response;
  MOYO_RETURN_IF_ERROR(rpc::FromGrpc(work_->LeaseUnit(&context, request, &response)));
  return response;
}

absl::StatusOr<v1::HeartbeatResponse> CoordinatorClient::Heartbeat(
    const v1::HeartbeatRequest& request) {
  grpc::ClientContext context;
  rpc::SetDeadline(context, kCallTimeout);
  v1::HeartbeatResponse response;
  MOYO_RETURN_IF_ERROR(rpc::FromGrpc(work_->Heartbeat(&context, request, &response)));
  return response;
}

absl::StatusOr<v1::CommitUnitResponse> CoordinatorClient::Commit(
    const v1::CommitUnitRequest& request) {
  grpc::ClientContext context;
  rpc::SetDeadline(context, kCallTimeout);
  v1::CommitUnitResponse response;
  MOYO_RETURN_IF_ERROR(rpc::FromGrpc(work_->CommitUnit(&context, request, &response)));
  return response;
}

absl::Status CoordinatorClient::Release(const v1::ReleaseUnitRequest& request) {
  grpc::ClientContext context;
  rpc::SetDeadline(context, kCallTimeout);
  v1::ReleaseUnitResponse response;
  return rpc::FromGrpc(work_->ReleaseUnit(&context, request, &response));
}

absl::Status CoordinatorClient::Fetch(const v1::FetchSourcesRequest& request,
                                      absl::FunctionRef<bool(v1::FetchSourcesResponse&)> receive) {
  grpc::ClientContext context;
  rpc::SetDeadline(context, kStreamTimeout);
  const auto reader = work_->FetchSources(&context, request);
  v1::FetchSourcesResponse message;
  while (reader->Read(&message)) {
    if (!receive(message)) {
      context.TryCancel();
      break;
    }
  }
  return rpc::FromGrpc(reader->Finish());
}

absl::Status CoordinatorClient::Upload(const v1::UploadShardHeader& header, std::string_view file) {
  grpc::ClientContext context;
  rpc::SetDeadline(context, kStreamTimeout);
  v1::UploadShardResponse response;
  const auto writer = shards_->UploadShard(&context, &response);
  v1::UploadShardRequest message;
  *message.mutable_header() = header;
  do {
    const std::string_view chunk = file.substr(0, rpc::kChunkBytes);
    message.set_data(chunk.data(), chunk.size());
    file.remove_prefix(chunk.size());
    if (!writer->Write(message)) break;  // Finish tells why
    message.clear_header();
  } while (!file.empty());
  writer->WritesDone();
  return rpc::FromGrpc(writer->Finish());
}

}  // namespace moyo::worker
