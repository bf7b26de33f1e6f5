// The worker's calls to the server, each with its deadline. Thread-safe.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/rpc/server_access.h"
#include "moyo/v1/shard.grpc.pb.h"
#include "moyo/v1/work.grpc.pb.h"

namespace moyo::worker {

// CANCELLED is answered only after CancelCalls. A call that the other side cancelled (a server that
// stops, a proxy) is UNAVAILABLE: it is to be made again.
class CoordinatorClient {
 public:
  explicit CoordinatorClient(rpc::ServerAccess server) : server_(std::move(server)) {}

  // First, once: waits for the server and makes sure that it is the right one. CANCELLED on
  // shutdown; FAILED_PRECONDITION: it is another. `on_wait` as in rpc::Retry.
  absl::Status Connect(const rpc::OnWait& on_wait = nullptr);

  absl::StatusOr<v1::RegisterWorkerResponse> Register(const v1::RegisterWorkerRequest& request);
  absl::StatusOr<v1::LeaseUnitResponse> Lease(const v1::LeaseUnitRequest& request);
  absl::StatusOr<v1::HeartbeatResponse> Heartbeat(const v1::HeartbeatRequest& request,
                                                  absl::Duration timeout);
  absl::StatusOr<v1::CommitUnitResponse> Commit(const v1::CommitUnitRequest& request);
  // Gives up after a few seconds: it is a courtesy to the next worker, not a duty.
  absl::Status Release(const v1::ReleaseUnitRequest& request);
  // Calls `receive` for each message; it returns false to stop early.
  absl::Status Fetch(const v1::FetchSourcesRequest& request,
                     absl::FunctionRef<bool(v1::FetchSourcesResponse&)> receive);
  // Streams the file in pieces; a large one from where an earlier try broke off.
  absl::Status Upload(v1::UploadShardHeader header, std::string_view file);

  // Ends all running calls and every later one but Release, so that a server that hangs cannot
  // hold a worker that leaves.
  void CancelCalls();

 private:
  class Call;

  absl::StatusOr<uint64_t> AskReceived(const v1::UploadShardHeader& header);

  rpc::ServerAccess server_;
  std::unique_ptr<v1::WorkService::Stub> work_;
  std::unique_ptr<v1::ShardService::Stub> shards_;
  absl::Mutex mutex_;
  std::set<grpc::ClientContext*> running_ ABSL_GUARDED_BY(mutex_);
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace moyo::worker
