// The worker's calls to the server, each with its deadline. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "moyo/v1/shard.grpc.pb.h"
#include "moyo/v1/work.grpc.pb.h"

namespace moyo::worker {

class CoordinatorClient {
 public:
  explicit CoordinatorClient(const std::string& address);

  absl::StatusOr<v1::RegisterWorkerResponse> Register(const v1::RegisterWorkerRequest& request);
  absl::StatusOr<v1::LeaseUnitResponse> Lease(const v1::LeaseUnitRequest& request);
  absl::StatusOr<v1::HeartbeatResponse> Heartbeat(const v1::HeartbeatRequest& request);
  absl::StatusOr<v1::CommitUnitResponse> Commit(const v1::CommitUnitRequest& request);
  absl::Status Release(const v1::ReleaseUnitRequest& request);
  // Calls `receive` for each message; it returns false to stop early.
  absl::Status Fetch(const v1::FetchSourcesRequest& request,
                     absl::FunctionRef<bool(v1::FetchSourcesResponse&)> receive);
  // Streams the file in chunks.
  absl::Status Upload(const v1::UploadShardHeader& header, std::string_view file);

 private:
  std::unique_ptr<v1::WorkService::Stub> work_;
  std::unique_ptr<v1::ShardService::Stub> shards_;
};

}  // namespace moyo::worker
