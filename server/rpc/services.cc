#include "server/rpc/services.h"

#include "common/rpc/channel.h"
#include "moyo/v1/admin.grpc.pb.h"
#include "moyo/v1/shard.grpc.pb.h"
#include "moyo/v1/training.grpc.pb.h"
#include "moyo/v1/work.grpc.pb.h"

namespace moyo::server {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerContext;
using grpc::ServerReader;
using grpc::ServerUnaryReactor;
using grpc::ServerWriter;
using grpc::Status;
using rpc::ToGrpc;

template <typename Message>
Coordinator::Send<Message> SendTo(ServerWriter<Message>* writer) {
  return [writer](const Message& message) { return writer->Write(message); };
}

// The calls of every unit hold no thread while they wait for the disk: thousands may wait at once.
template <typename Service>
using HotCalls =
    v1::WorkService::WithCallbackMethod_LeaseUnit<v1::WorkService::WithCallbackMethod_Heartbeat<
        v1::WorkService::WithCallbackMethod_CommitUnit<Service>>>;

Coordinator::Done FinishOf(grpc::ServerUnaryReactor* reactor) {
  return [reactor](const absl::Status& status) { reactor->Finish(ToGrpc(status)); };
}

class WorkServiceImpl final : public HotCalls<v1::WorkService::Service> {
 public:
  explicit WorkServiceImpl(Coordinator& coordinator) : coordinator_(coordinator) {}

  Status RegisterWorker(ServerContext*, const v1::RegisterWorkerRequest* request,
                        v1::RegisterWorkerResponse* response) override {
    return ToGrpc(coordinator_.RegisterWorker(*request, *response));
  }
  ServerUnaryReactor* LeaseUnit(CallbackServerContext* context, const v1::LeaseUnitRequest* request,
                                v1::LeaseUnitResponse* response) override {
    ServerUnaryReactor* const reactor = context->DefaultReactor();
    coordinator_.LeaseUnit(*request, *response, FinishOf(reactor));
    return reactor;
  }
  Status FetchSources(ServerContext*, const v1::FetchSourcesRequest* request,
                      ServerWriter<v1::FetchSourcesResponse>* writer) override {
    return ToGrpc(coordinator_.FetchSources(*request, SendTo(writer)));
  }
  ServerUnaryReactor* Heartbeat(CallbackServerContext* context, const v1::HeartbeatRequest* request,
                                v1::HeartbeatResponse* response) override {
    ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(ToGrpc(coordinator_.Heartbeat(*request, *response)));
    return reactor;
  }
  ServerUnaryReactor* CommitUnit(CallbackServerContext* context,
                                 const v1::CommitUnitRequest* request,
                                 v1::CommitUnitResponse* response) override {
    ServerUnaryReactor* const reactor = context->DefaultReactor();
    coordinator_.CommitUnit(*request, *response, FinishOf(reactor));
    return reactor;
  }
  Status ReleaseUnit(ServerContext*, const v1::ReleaseUnitRequest* request,
                     v1::ReleaseUnitResponse* response) override {
    return ToGrpc(coordinator_.ReleaseUnit(*request, *response));
  }

 private:
  Coordinator& coordinator_;
};

class ShardServiceImpl final : public v1::ShardService::Service {
 public:
  explicit ShardServiceImpl(Coordinator& coordinator) : coordinator_(coordinator) {}

  Status UploadShard(ServerContext*, ServerReader<v1::UploadShardRequest>* reader,
                     v1::UploadShardResponse* response) override {
    return ToGrpc(coordinator_.UploadShard(
        [reader](v1::UploadShardRequest* message) { return reader->Read(message); }, *response));
  }
  Status DownloadShard(ServerContext*, const v1::DownloadShardRequest* request,
                       ServerWriter<v1::DownloadShardResponse>* writer) override {
    return ToGrpc(coordinator_.DownloadShard(*request, SendTo(writer)));
  }
  Status GetManifest(ServerContext*, const v1::GetManifestRequest* request,
                     v1::GetManifestResponse* response) override {
    return ToGrpc(coordinator_.GetManifest(*request, *response));
  }

 private:
  Coordinator& coordinator_;
};

class TrainingServiceImpl final : public v1::TrainingService::Service {
 public:
  explicit TrainingServiceImpl(Coordinator& coordinator) : coordinator_(coordinator) {}

  Status ReportProgress(ServerContext*, const v1::ReportProgressRequest* request,
                        v1::ReportProgressResponse* response) override {
    return ToGrpc(coordinator_.ReportProgress(*request, *response));
  }

 private:
  Coordinator& coordinator_;
};

class AdminServiceImpl final : public v1::AdminService::Service {
 public:
  explicit AdminServiceImpl(Coordinator& coordinator) : coordinator_(coordinator) {}

  Status GetStatus(ServerContext*, const v1::GetStatusRequest* request,
                   v1::GetStatusResponse* response) override {
    return ToGrpc(coordinator_.GetStatus(*request, *response));
  }
  Status ListLedger(ServerContext*, const v1::ListLedgerRequest* request,
                    ServerWriter<v1::ListLedgerResponse>* writer) override {
    return ToGrpc(coordinator_.ListLedger(*request, SendTo(writer)));
  }
  Status AddSources(ServerContext*, const v1::AddSourcesRequest* request,
                    v1::AddSourcesResponse* response) override {
    return ToGrpc(coordinator_.AddSources(*request, *response));
  }

 private:
  Coordinator& coordinator_;
};

}  // namespace

std::vector<std::unique_ptr<grpc::Service>> MakeServices(Coordinator& coordinator) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(std::make_unique<WorkServiceImpl>(coordinator));
  services.push_back(std::make_unique<ShardServiceImpl>(coordinator));
  services.push_back(std::make_unique<TrainingServiceImpl>(coordinator));
  services.push_back(std::make_unique<AdminServiceImpl>(coordinator));
  return services;
}

}  // namespace moyo::server
