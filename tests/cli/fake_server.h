// A server in this process that answers what a test put into it.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "common/shard/shard.h"
#include "moyo/v1/admin.grpc.pb.h"
#include "moyo/v1/shard.grpc.pb.h"

namespace moyo::cli {

class FakeAdminService : public v1::AdminService::Service {
 public:
  grpc::Status GetStatus(grpc::ServerContext*, const v1::GetStatusRequest*,
                         v1::GetStatusResponse* response) override {
    if (before_status) before_status(status);
    *response = status;
    return status_refusal;
  }
  grpc::Status AddSources(grpc::ServerContext* context, const v1::AddSourcesRequest*,
                          v1::AddSourcesResponse* response) override {
    if (during_scan) during_scan(*context);
    response->set_games(scanned_games);
    return grpc::Status::OK;
  }
  v1::GetStatusResponse status;
  grpc::Status status_refusal;  // OK: the status is answered
  std::function<void(grpc::ServerContext&)> during_scan;
  uint64_t scanned_games = 0;
  std::function<void(v1::GetStatusResponse&)> before_status;  // set it before the first call
};

class FakeShardService : public v1::ShardService::Service {
 public:
  grpc::Status DownloadShard(grpc::ServerContext*, const v1::DownloadShardRequest* request,
                             grpc::ServerWriter<v1::DownloadShardResponse>* writer) override;
  grpc::Status GetManifest(grpc::ServerContext*, const v1::GetManifestRequest*,
                           v1::GetManifestResponse* response) override {
    if (cut_calls > 0 && cut_calls-- > 0) return grpc::Status(grpc::StatusCode::CANCELLED, "");
    *response = manifest;
    return grpc::Status::OK;
  }
  // Puts a shard of `games` one-move games into the manifest and the answers.
  void AddShard(uint64_t unit_id, int games);

  v1::GetManifestResponse manifest;
  std::map<uint64_t, std::string> files;
  int downloads = 0;
  int cut_downloads = 0;  // so many downloads break after two pieces
  int cut_calls = 0;      // so many calls for the manifest end as those of a server that stops
};

class FakeServer {
 public:
  FakeServer();
  const std::string& address() const { return address_; }
  // What gRPC's health check answers.
  void SetServing(bool serving) { server_->GetHealthCheckService()->SetServingStatus(serving); }

  FakeAdminService admin;
  FakeShardService shards;

 private:
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace moyo::cli
