#include "server/rpc/services.h"

#include "common/rpc/channel.h"
#include "moyo/v1/admin.grpc.pb.h"
#include "moyo/v1/shard.grpc.pb.h"
#include "moyo/v1/training.grpc.pb.h"
#include "moyo/v1/work.grpc.pb.h"
#include "server/request_limits.h"
#include "server/rpc/call_admission.h"

namespace moyo::server {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerContext;
using grpc::ServerReader;
using grpc::ServerUnaryReactor;
using grpc::ServerWriter;
using grpc::Status;
using rpc::ToGrpc;

template <typename Request, typename Response>
using Method = absl::Status (Coordinator::*)(const Request&, Response&);

template <typename Request, typename Message>
using StreamMethod = absl::Status (Coordinator::*)(const Request&,
                                                   const Coordinator::Send<Message>&);

// What the coordinator answers. PERMISSION_DENIED on the wire is about the caller's token, which is
// let in by now: here the server's own files were denied to it.
Status AnswerOf(const absl::Status& status) {
  return ToGrpc(absl::IsPermissionDenied(status) ? absl::InternalError(status.message()) : status);
}

// Runs `call` while its token holds.
template <typename Call>
Status Held(const ServiceParts& parts, ServerContext* context, const char* method, Call call) {
  std::unique_ptr<TokenKeeper::RunningCall> held;
  if (parts.admission != nullptr) {
    auto entered = HoldCall(*parts.admission, method, *context);
    if (!entered.ok()) return ToGrpc(entered.status());
    held = *std::move(entered);
  }
  return call();
}

template <typename Request, typename Response>
Status Answer(const ServiceParts& parts, const Request* request, Response* response,
              Method<Request, Response> method) {
  if (const absl::Status status = CheckRequest(*request); !status.ok()) return ToGrpc(status);
  return AnswerOf((parts.coordinator->*method)(*request, *response));
}

template <typename Request, typename Message>
Status Stream(const ServiceParts& parts, ServerContext* context, const char* name,
              const Request* request, ServerWriter<Message>* writer,
              StreamMethod<Request, Message> method) {
  if (const absl::Status status = CheckRequest(*request); !status.ok()) return ToGrpc(status);
  return Held(parts, context, name, [&] {
    return AnswerOf((parts.coordinator->*method)(
        *request, [writer](const Message& message) { return writer->Write(message); }));
  });
}

// The calls of every unit hold no thread while they wait for the disk: thousands may wait at once.
template <typename Service>
using HotCalls =
    v1::WorkService::WithCallbackMethod_LeaseUnit<v1::WorkService::WithCallbackMethod_Heartbeat<
        v1::WorkService::WithCallbackMethod_CommitUnit<Service>>>;

template <typename Request, typename Response>
ServerUnaryReactor* AnswerLater(const ServiceParts& parts, CallbackServerContext* context,
                                const Request* request, Response* response,
                                void (Coordinator::*method)(const Request&, Response&,
                                                            Coordinator::Done)) {
  ServerUnaryReactor* const reactor = context->DefaultReactor();
  if (const absl::Status status = CheckRequest(*request); !status.ok()) {
    reactor->Finish(ToGrpc(status));
    return reactor;
  }
  (parts.coordinator->*method)(*request, *response, [reactor](const absl::Status& status) {
    reactor->Finish(AnswerOf(status));
  });
  return reactor;
}

class WorkServiceImpl final : public HotCalls<v1::WorkService::Service> {
 public:
  explicit WorkServiceImpl(const ServiceParts& parts) : parts_(parts) {}

  Status RegisterWorker(ServerContext*, const v1::RegisterWorkerRequest* request,
                        v1::RegisterWorkerResponse* response) override {
    return Answer(parts_, request, response, &Coordinator::RegisterWorker);
  }
  ServerUnaryReactor* LeaseUnit(CallbackServerContext* context, const v1::LeaseUnitRequest* request,
                                v1::LeaseUnitResponse* response) override {
    return AnswerLater(parts_, context, request, response, &Coordinator::LeaseUnit);
  }
  Status FetchSources(ServerContext* context, const v1::FetchSourcesRequest* request,
                      ServerWriter<v1::FetchSourcesResponse>* writer) override {
    return Stream(parts_, context, "/moyo.v1.WorkService/FetchSources", request, writer,
                  &Coordinator::FetchSources);
  }
  ServerUnaryReactor* Heartbeat(CallbackServerContext* context, const v1::HeartbeatRequest* request,
                                v1::HeartbeatResponse* response) override {
    ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(Answer(parts_, request, response, &Coordinator::Heartbeat));
    return reactor;
  }
  ServerUnaryReactor* CommitUnit(CallbackServerContext* context,
                                 const v1::CommitUnitRequest* request,
                                 v1::CommitUnitResponse* response) override {
    return AnswerLater(parts_, context, request, response, &Coordinator::CommitUnit);
  }
  Status ReleaseUnit(ServerContext*, const v1::ReleaseUnitRequest* request,
                     v1::ReleaseUnitResponse* response) override {
    return Answer(parts_, request, response, &Coordinator::ReleaseUnit);
  }

 private:
  const ServiceParts parts_;
};

class ShardServiceImpl final : public v1::ShardService::Service {
 public:
  explicit ShardServiceImpl(const ServiceParts& parts) : parts_(parts) {}

  Status UploadShard(ServerContext* context, ServerReader<v1::UploadShardRequest>* reader,
                     v1::UploadShardResponse* response) override {
    return Held(parts_, context, "/moyo.v1.ShardService/UploadShard", [&] {
      return AnswerOf(parts_.coordinator->UploadShard(
          [reader](v1::UploadShardRequest* message) { return reader->Read(message); }, *response));
    });
  }
  Status GetUpload(ServerContext*, const v1::GetUploadRequest* request,
                   v1::GetUploadResponse* response) override {
    return Answer(parts_, request, response, &Coordinator::GetUpload);
  }
  Status DownloadShard(ServerContext* context, const v1::DownloadShardRequest* request,
                       ServerWriter<v1::DownloadShardResponse>* writer) override {
    return Stream(parts_, context, "/moyo.v1.ShardService/DownloadShard", request, writer,
                  &Coordinator::DownloadShard);
  }
  Status GetManifest(ServerContext*, const v1::GetManifestRequest* request,
                     v1::GetManifestResponse* response) override {
    return Answer(parts_, request, response, &Coordinator::GetManifest);
  }

 private:
  const ServiceParts parts_;
};

class TrainingServiceImpl final : public v1::TrainingService::Service {
 public:
  explicit TrainingServiceImpl(const ServiceParts& parts) : parts_(parts) {}

  Status ReportProgress(ServerContext*, const v1::ReportProgressRequest* request,
                        v1::ReportProgressResponse* response) override {
    return Answer(parts_, request, response, &Coordinator::ReportProgress);
  }

 private:
  const ServiceParts parts_;
};

class AdminServiceImpl final : public v1::AdminService::Service {
 public:
  explicit AdminServiceImpl(const ServiceParts& parts) : parts_(parts) {}

  Status GetStatus(ServerContext*, const v1::GetStatusRequest* request,
                   v1::GetStatusResponse* response) override {
    return Answer(parts_, request, response, &Coordinator::GetStatus);
  }
  Status ListLedger(ServerContext* context, const v1::ListLedgerRequest* request,
                    ServerWriter<v1::ListLedgerResponse>* writer) override {
    return Stream(parts_, context, "/moyo.v1.AdminService/ListLedger", request, writer,
                  &Coordinator::ListLedger);
  }
  Status AddSources(ServerContext* context, const v1::AddSourcesRequest* request,
                    v1::AddSourcesResponse* response) override {
    // The scan itself goes on to its end; half of one would have to be resumed.
    return Held(parts_, context, "/moyo.v1.AdminService/AddSources",
                [&] { return Answer(parts_, request, response, &Coordinator::AddSources); });
  }
  Status AddToken(ServerContext* context, const v1::AddTokenRequest* request,
                  v1::AddTokenResponse* response) override {
    return AskTokens(context, "/moyo.v1.AdminService/AddToken", request, response,
                     &TokenAdmin::AddToken);
  }
  Status ListTokens(ServerContext* context, const v1::ListTokensRequest* request,
                    v1::ListTokensResponse* response) override {
    return AskTokens(context, "/moyo.v1.AdminService/ListTokens", request, response,
                     &TokenAdmin::ListTokens);
  }
  Status RevokeToken(ServerContext* context, const v1::RevokeTokenRequest* request,
                     v1::RevokeTokenResponse* response) override {
    return AskTokens(context, "/moyo.v1.AdminService/RevokeToken", request, response,
                     &TokenAdmin::RevokeToken);
  }

 private:
  // With an admin token also on a port that asks for none otherwise. One call's own token may be
  // the one that is revoked: so the call is not held.
  template <typename Request, typename Response>
  Status AskTokens(ServerContext* context, const char* name, const Request* request,
                   Response* response,
                   absl::Status (TokenAdmin::*method)(const Request&, Response&)) {
    if (parts_.tokens == nullptr) {
      return Status(grpc::StatusCode::FAILED_PRECONDITION, "this server keeps no tokens");
    }
    absl::Status status = CheckCall(parts_.tokens->keeper(), name, *context);
    if (status.ok()) status = CheckRequest(*request);
    if (status.ok()) status = (parts_.tokens->*method)(*request, *response);
    return ToGrpc(status);
  }

  const ServiceParts parts_;
};

}  // namespace

std::vector<std::unique_ptr<grpc::Service>> MakeServices(const ServiceParts& parts) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(std::make_unique<WorkServiceImpl>(parts));
  services.push_back(std::make_unique<ShardServiceImpl>(parts));
  services.push_back(std::make_unique<TrainingServiceImpl>(parts));
  services.push_back(std::make_unique<AdminServiceImpl>(parts));
  return services;
}

}  // namespace moyo::server
