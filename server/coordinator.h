// The server as one class: every RPC is one method here. Never sees gRPC; messages are its words.
//
// Thread-safe. Errors are those that proto/moyo/v1 names at each RPC.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/base/stop_flag.h"
#include "moyo/v1/admin.pb.h"
#include "moyo/v1/shard.pb.h"
#include "moyo/v1/training.pb.h"
#include "moyo/v1/work.pb.h"
#include "server/catalog/cataloguer.h"
#include "server/catalog/source_reader.h"
#include "server/store/store.h"
#include "server/traffic.h"
#include "server/training_record.h"

namespace moyo::server {

struct CoordinatorOptions {
  v1::ParseOptions parse;
  absl::Duration lease_duration = absl::Seconds(60);
  catalog::CatalogOptions catalog;
  absl::Duration catalogue_retry = absl::Seconds(5);  // of a scan that the machine's trouble cut
};

// What the server sees of its workers and of itself right now, added up.
struct Activity {
  uint64_t workers = 0;
  uint64_t worker_slots = 0;     // units they could parse at once
  uint64_t spooled_shards = 0;   // finished, not acknowledged yet, by their last heartbeats
  uint64_t running_scans = 0;    // of the catalogue
  bool storage_failing = false;  // the disk takes nothing (NoteStorage)
};

class Coordinator {
 public:
  // Sends one message of a stream; false: the other side went away.
  template <typename Message>
  using Send = std::function<bool(const Message&)>;
  // How a call ended; may be called on any thread, before or after the method returns.
  using Done = std::function<void(const absl::Status&)>;
  // Receives one; false: the end.
  template <typename Message>
  using Receive = std::function<bool(Message*)>;

  Coordinator(store::Store& store, CoordinatorOptions options, const Clock& clock);
  ~Coordinator();

  // Reads what outlives a restart. Call once, first.
  absl::Status Load();
  // Catalogues in the background: `paths`, then what was left unfinished. A scan that the machine's
  // trouble cut (catalog::MayPass) is tried again until it is through; so long, and before this is
  // called, the dataset is not complete. `done` gets how each try ended, on that thread; with
  // nothing to do, before this returns.
  void StartCatalogue(std::vector<std::string> paths, uint64_t limit_games,
                      std::function<void(const absl::Status&)> done);
  // Ends leases that ran out and forgets silent workers. The reaper calls it.
  void Tick();
  // Ends the scans that run, AddSources among them (CANCELLED); none begins any more.
  void StopScans();
  // That, and writes what is still in memory.
  void Stop();

  // WorkService
  absl::Status RegisterWorker(const v1::RegisterWorkerRequest& request,
                              v1::RegisterWorkerResponse& response);
  // Answers by `done`, once what was decided is on the disk, and holds no thread until then.
  void LeaseUnit(const v1::LeaseUnitRequest& request, v1::LeaseUnitResponse& response, Done done);
  absl::Status FetchSources(const v1::FetchSourcesRequest& request,
                            const Send<v1::FetchSourcesResponse>& send);
  absl::Status Heartbeat(const v1::HeartbeatRequest& request, v1::HeartbeatResponse& response);
  void CommitUnit(const v1::CommitUnitRequest& request, v1::CommitUnitResponse& response,
                  Done done);  // as LeaseUnit
  absl::Status ReleaseUnit(const v1::ReleaseUnitRequest& request,
                           v1::ReleaseUnitResponse& response);
  // ShardService
  absl::Status UploadShard(const Receive<v1::UploadShardRequest>& receive,
                           v1::UploadShardResponse& response);
  absl::Status GetUpload(const v1::GetUploadRequest& request, v1::GetUploadResponse& response);
  absl::Status DownloadShard(const v1::DownloadShardRequest& request,
                             const Send<v1::DownloadShardResponse>& send);
  absl::Status GetManifest(const v1::GetManifestRequest& request,
                           v1::GetManifestResponse& response);
  // TrainingService
  absl::Status ReportProgress(const v1::ReportProgressRequest& request,
                              v1::ReportProgressResponse& response);
  // AdminService
  absl::Status GetStatus(const v1::GetStatusRequest& request, v1::GetStatusResponse& response);
  absl::Status ListLedger(const v1::ListLedgerRequest& request,
                          const Send<v1::ListLedgerResponse>& send);
  absl::Status AddSources(const v1::AddSourcesRequest& request, v1::AddSourcesResponse& response);

  const Traffic& traffic() const { return traffic_; }
  Activity GetActivity();
  v1::TrainingHistory GetTrainingHistory() { return training_.curves(); }

 private:
  struct Worker {
    std::string name;
    uint32_t parallel = 1;
    uint64_t games_done = 0;
    double games_per_second = 0;
    uint64_t rss_bytes = 0;
    uint32_t spooled_shards = 0;
    absl::Time last_seen;
  };

  // One try: `paths`, then what was left unfinished. The gravest of their ends.
  absl::Status Catalogue(const std::vector<std::string>& paths, uint64_t limit_games);
  void NoteCatalogue(const absl::Status& status);
  // Goes on with scans that the machine's trouble cut, on a thread of its own, until they are
  // through; so long the dataset is not complete.
  void ResumeInBackground(const absl::Status& cut);
  void ResumeUntilThrough();
  // Sees to an added scan that the machine's trouble cut; gives what its caller gets.
  absl::Status SeeToCutScan(const std::vector<std::string>& paths, uint64_t limit_games,
                            const absl::Status& cut);
  // Empty when unknown; else marks it as seen.
  std::string SeeWorker(const std::string& worker_id);
  // False: no unit was granted, and nothing need reach the disk.
  absl::StatusOr<bool> Grant(const v1::LeaseUnitRequest& request, v1::LeaseUnitResponse& response);
  absl::Status TakeCommit(const v1::CommitUnitRequest& request, v1::CommitUnitResponse& response);
  // FAILED_PRECONDITION: what the worker sends belongs to another run.
  absl::Status CheckRun(const std::string& run_id) const;
  absl::Status CheckParserVersion(uint32_t version);
  // What the store holds, and whether that is all there will be.
  struct Standing {
    store::StoreStatus status;
    bool is_scanning = false;
    bool is_complete = false;
  };
  Standing Look();
  void CountGames(const std::string& worker_id, uint64_t games);
  double GamesPerSecond() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FillWorkers(v1::GetStatusResponse& response) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status ReceiveShard(const Receive<v1::UploadShardRequest>& receive);
  // INVALID_ARGUMENT, or FAILED_PRECONDITION of CheckRun.
  absl::Status CheckHeader(const v1::UploadShardHeader& header) const;
  // Remembers for the status that the disk takes nothing: RESOURCE_EXHAUSTED, full or not to be
  // written.
  absl::Status NoteFullDisk(absl::Status status);
  // The same of a shard or a commit, and that this is over once one is stored.
  absl::Status NoteStorage(absl::Status status);
  absl::Status SendSource(const store::Source& source, const Send<v1::FetchSourcesResponse>& send);

  store::Store& store_;
  const CoordinatorOptions options_;
  const Clock& clock_;
  catalog::Cataloguer cataloguer_;
  catalog::SourceReader sources_;
  TrainingRecord training_;
  Traffic traffic_;
  // The first is StartCatalogue's: until that one is through, nothing is complete.
  std::atomic<int> running_scans_{1};
  std::thread catalogue_thread_;
  StopFlag stopping_;
  absl::Status reap_status_;  // the last one, of the thread that ticks

  absl::Mutex mutex_;
  std::map<std::string, Worker> workers_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_worker_ ABSL_GUARDED_BY(mutex_) = 1;
  std::deque<std::pair<absl::Time, uint64_t>> recent_games_ ABSL_GUARDED_BY(mutex_);
  uint64_t recent_games_total_ ABSL_GUARDED_BY(mutex_) = 0;  // of these
  std::string catalogue_error_ ABSL_GUARDED_BY(mutex_);
  std::string storage_error_ ABSL_GUARDED_BY(mutex_);
  std::thread resume_thread_ ABSL_GUARDED_BY(mutex_);
  bool is_resuming_ ABSL_GUARDED_BY(mutex_) = false;   // the thread runs
  bool resume_again_ ABSL_GUARDED_BY(mutex_) = false;  // a scan was cut since it looked last
  bool has_stopped_ ABSL_GUARDED_BY(mutex_) = false;
  // Held while the disk takes the version: nobody but a worker that registers waits for it.
  absl::Mutex parser_version_mutex_;
  std::string parser_version_ ABSL_GUARDED_BY(parser_version_mutex_);  // empty: not settled
};

}  // namespace moyo::server
