// A Moyo server in memory that fails on demand, for tests of the worker.
#pragma once

#include <grpcpp/grpcpp.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "moyo/v1/shard.grpc.pb.h"
#include "moyo/v1/work.grpc.pb.h"

namespace moyo::worker {

// Thread-safe. Hands out each unit once, tokens rising, until it is committed or released.
class FakeServer final : public v1::WorkService::Service, public v1::ShardService::Service {
 public:
  FakeServer();
  ~FakeServer() override;
  const std::string& address() const { return address_; }

  // Adds a unit of these sources; one game id each. Returns the unit's id. `paths`: empty, or one
  // a source.
  uint64_t AddUnit(const std::vector<std::string>& sources,
                   const std::vector<std::string>& paths = {});
  // The next call of `rpc` ("LeaseUnit") answers this, having done nothing.
  void FailNext(const std::string& rpc, grpc::StatusCode code);
  // The next commit is done, and its answer lost.
  void LoseNextCommitAnswer();
  // What FetchSources sends instead of a source's bytes.
  void ServeInstead(uint64_t source_id, std::string bytes);
  void ServeError(uint64_t source_id, std::string error);
  // The next FetchSources sends these sources, whatever was asked for.
  void SendNext(std::vector<uint64_t> source_ids);
  // Runs in FetchSources before the first byte.
  void OnFetch(std::function<void()> hook);
  // Runs in FetchSources after the first part of each source.
  void OnHalfFetched(std::function<void()> hook);
  // Runs in UploadShard after the last byte.
  void OnUpload(std::function<void()> hook);
  // The next UploadShard breaks when so many bytes came; they are kept, as a server does.
  void BreakNextUploadAfter(size_t bytes);
  // From now on workers are told that they are of this run; what names another is refused.
  void SetRunId(std::string run_id);
  // From now on every lease is said to be lost.
  void LoseLeases();
  void AwaitHeartbeats(int more);

  int Calls(const std::string& rpc);  // failed ones counted
  std::map<uint64_t, v1::CommitUnitRequest> Commits();
  std::map<uint64_t, std::string> Shards();  // uploaded files by unit
  std::vector<v1::ReleaseUnitRequest> Releases();
  // What the latest heartbeat said of its first lease.
  v1::LeaseProgress LatestProgress();

  grpc::Status RegisterWorker(grpc::ServerContext*, const v1::RegisterWorkerRequest*,
                              v1::RegisterWorkerResponse*) override;
  grpc::Status LeaseUnit(grpc::ServerContext*, const v1::LeaseUnitRequest*,
                         v1::LeaseUnitResponse*) override;
  grpc::Status FetchSources(grpc::ServerContext*, const v1::FetchSourcesRequest*,
                            grpc::ServerWriter<v1::FetchSourcesResponse>*) override;
  grpc::Status Heartbeat(grpc::ServerContext*, const v1::HeartbeatRequest*,
                         v1::HeartbeatResponse*) override;
  grpc::Status CommitUnit(grpc::ServerContext*, const v1::CommitUnitRequest*,
                          v1::CommitUnitResponse*) override;
  grpc::Status ReleaseUnit(grpc::ServerContext*, const v1::ReleaseUnitRequest*,
                           v1::ReleaseUnitResponse*) override;
  grpc::Status UploadShard(grpc::ServerContext*, grpc::ServerReader<v1::UploadShardRequest>*,
                           v1::UploadShardResponse*) override;
  grpc::Status GetUpload(grpc::ServerContext*, const v1::GetUploadRequest*,
                         v1::GetUploadResponse*) override;

 private:
  struct Content {
    std::string bytes;
    std::string error;
  };
  // Counts a call; the injected failure, or OK.
  grpc::Status Enter(const std::string& rpc) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::string address_;
  std::unique_ptr<grpc::Server> server_;
  absl::Mutex mutex_;
  std::deque<v1::Lease> pending_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, v1::Lease> leased_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, Content> content_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::deque<grpc::StatusCode>> faults_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int> calls_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, v1::CommitUnitRequest> commits_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, std::string> shards_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::ReleaseUnitRequest> releases_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> on_upload_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> on_half_fetched_ ABSL_GUARDED_BY(mutex_);
  std::vector<uint64_t> send_next_ ABSL_GUARDED_BY(mutex_);
  std::string run_id_ ABSL_GUARDED_BY(mutex_);
  v1::LeaseProgress progress_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> on_fetch_ ABSL_GUARDED_BY(mutex_);
  bool lose_commit_answer_ ABSL_GUARDED_BY(mutex_) = false;
  bool lose_leases_ ABSL_GUARDED_BY(mutex_) = false;
  size_t break_upload_after_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string broken_upload_ ABSL_GUARDED_BY(mutex_);
  int heartbeats_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t units_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t sources_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t token_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace moyo::worker
