#include "tests/worker/loop/fake_server.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/digest.h"

namespace moyo::worker {

FakeServer::FakeServer() {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(static_cast<v1::WorkService::Service*>(this));
  builder.RegisterService(static_cast<v1::ShardService::Service*>(this));
  server_ = builder.BuildAndStart();
  address_ = absl::StrCat("127.0.0.1:", port);
}

FakeServer::~FakeServer() {
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

uint64_t FakeServer::AddUnit(const std::vector<std::string>& sources,
                             const std::vector<std::string>& paths) {
  absl::MutexLock lock(&mutex_);
  v1::Lease lease;
  lease.set_unit_id(++units_);
  lease.set_lease_duration_ms(60'000);
  for (size_t i = 0; i < sources.size(); ++i) {
    v1::Source& source = *lease.add_sources();
    source.set_source_id(++sources_);
    source.set_path(paths.empty() ? absl::StrCat("/nowhere/", sources_, ".sgf") : paths[i]);
    source.set_length_bytes(sources[i].size());
    source.set_content_hash(ToBytes(Hash128Of(sources[i])));
    source.set_games(1);
    source.set_first_game(sources_);
    content_[sources_] = {sources[i], ""};
  }
  pending_.push_back(lease);
  return units_;
}

void FakeServer::FailNext(const std::string& rpc, grpc::StatusCode code) {
  absl::MutexLock lock(&mutex_);
  faults_[rpc].push_back(code);
}

void FakeServer::LoseNextCommitAnswer() {
  absl::MutexLock lock(&mutex_);
  lose_commit_answer_ = true;
}

void FakeServer::ServeInstead(uint64_t source_id, std::string bytes) {
  absl::MutexLock lock(&mutex_);
  content_[source_id] = {std::move(bytes), ""};
}

void FakeServer::ServeError(uint64_t source_id, std::string error) {
  absl::MutexLock lock(&mutex_);
  content_[source_id] = {"", std::move(error)};
}

void FakeServer::SendNext(std::vector<uint64_t> source_ids) {
  absl::MutexLock lock(&mutex_);
  send_next_ = std::move(source_ids);
}

void FakeServer::OnFetch(std::function<void()> hook) {
  absl::MutexLock lock(&mutex_);
  on_fetch_ = std::move(hook);
}

void FakeServer::OnHalfFetched(std::function<void()> hook) {
  absl::MutexLock lock(&mutex_);
  on_half_fetched_ = std::move(hook);
}

void FakeServer::SetRunId(std::string run_id) {
  absl::MutexLock lock(&mutex_);
  run_id_ = std::move(run_id);
  leased_.clear();
}

v1::LeaseProgress FakeServer::LatestProgress() {
  absl::MutexLock lock(&mutex_);
  return progress_;
}

void FakeServer::OnUpload(std::function<void()> hook) {
  absl::MutexLock lock(&mutex_);
  on_upload_ = std::move(hook);
}

void FakeServer::LoseLeases() {
  absl::MutexLock lock(&mutex_);
  lose_leases_ = true;
}

void FakeServer::AwaitHeartbeats(int more) {
  absl::MutexLock lock(&mutex_);
  const int enough = heartbeats_ + more;
  const auto reached = [&] {
    mutex_.AssertHeld();
    return heartbeats_ >= enough;
  };
  mutex_.AwaitWithTimeout(absl::Condition(&reached), absl::Seconds(30));
}

int FakeServer::Calls(const std::string& rpc) {
  absl::MutexLock lock(&mutex_);
  return calls_[rpc];
}

std::map<uint64_t, v1::CommitUnitRequest> FakeServer::Commits() {
  absl::MutexLock lock(&mutex_);
  return commits_;
}

std::map<uint64_t, std::string> FakeServer::Shards() {
  absl::MutexLock lock(&mutex_);
  return shards_;
}

std::vector<v1::ReleaseUnitRequest> FakeServer::Releases() {
  absl::MutexLock lock(&mutex_);
  return releases_;
}

grpc::Status FakeServer::Enter(const std::string& rpc) {
  ++calls_[rpc];
  std::deque<grpc::StatusCode>& faults = faults_[rpc];
  if (faults.empty()) return grpc::Status::OK;
  const grpc::StatusCode code = faults.front();
  faults.pop_front();
  return {code, "injected"};
}

grpc::Status FakeServer::RegisterWorker(grpc::ServerContext*, const v1::RegisterWorkerRequest*,
                                        v1::RegisterWorkerResponse* response) {
  absl::MutexLock lock(&mutex_);
  if (grpc::Status status = Enter("RegisterWorker"); !status.ok()) return status;
  response->set_worker_id(absl::StrCat("worker-", calls_["RegisterWorker"]));
  response->mutable_options()->set_min_moves(2);
  response->mutable_options()->set_max_moves(1000);
  response->mutable_options()->set_max_game_bytes(1 << 20);
  response->set_heartbeat_interval_ms(100);
  response->set_run_id(run_id_);
  return grpc::Status::OK;
}

grpc::Status FakeServer::LeaseUnit(grpc::ServerContext*, const v1::LeaseUnitRequest*,
                                   v1::LeaseUnitResponse* response) {
  absl::MutexLock lock(&mutex_);
  if (grpc::Status status = Enter("LeaseUnit"); !status.ok()) return status;
  if (pending_.empty()) {
    response->set_all_done(leased_.empty());
    response->set_retry_after_ms(1);
    return grpc::Status::OK;
  }
  v1::Lease lease = pending_.front();
  pending_.pop_front();
  lease.set_fencing_token(++token_);
  lease.set_lease_id(absl::StrCat("lease-", token_));
  leased_[lease.unit_id()] = lease;
  *response->mutable_lease() = lease;
  return grpc::Status::OK;
}

grpc::Status FakeServer::FetchSources(grpc::ServerContext*, const v1::FetchSourcesRequest* request,
                                      grpc::ServerWriter<v1::FetchSourcesResponse>* writer) {
  std::function<void()> hook, half_hook;
  std::map<uint64_t, Content> content;
  std::vector<uint64_t> ids(request->source_ids().begin(), request->source_ids().end());
  {
    absl::MutexLock lock(&mutex_);
    if (grpc::Status status = Enter("FetchSources"); !status.ok()) return status;
    hook = on_fetch_;
    half_hook = on_half_fetched_;
    content = content_;
    if (!send_next_.empty()) ids = std::exchange(send_next_, {});
  }
  if (hook) hook();
  for (const uint64_t id : ids) {
    const Content& source = content[id];
    v1::FetchSourcesResponse message;
    message.set_source_id(id);
    // In two parts, as a long source comes.
    const size_t half = source.bytes.size() / 2;
    if (half > 0) {
      message.set_data(source.bytes.substr(0, half));
      writer->Write(message);
      if (half_hook) half_hook();
    }
    message.set_data(source.bytes.substr(half));
    message.set_error(source.error);
    message.set_last(true);
    writer->Write(message);
  }
  return grpc::Status::OK;
}

grpc::Status FakeServer::Heartbeat(grpc::ServerContext*, const v1::HeartbeatRequest* request,
                                   v1::HeartbeatResponse* response) {
  absl::MutexLock lock(&mutex_);
  ++heartbeats_;
  if (request->leases_size() > 0) progress_ = request->leases(0);
  if (grpc::Status status = Enter("Heartbeat"); !status.ok()) return status;
  if (!lose_leases_) return grpc::Status::OK;
  for (const v1::LeaseProgress& lease : request->leases()) {
    response->add_lost_lease_ids(lease.lease_id());
    leased_.erase(lease.unit_id());
  }
  return grpc::Status::OK;
}

grpc::Status FakeServer::CommitUnit(grpc::ServerContext*, const v1::CommitUnitRequest* request,
                                    v1::CommitUnitResponse* response) {
  absl::MutexLock lock(&mutex_);
  if (grpc::Status status = Enter("CommitUnit"); !status.ok()) {
    // A refused token means that the unit is another worker's by now; another digest, that it is
    // done.
    if (status.error_code() == grpc::StatusCode::FAILED_PRECONDITION ||
        status.error_code() == grpc::StatusCode::DATA_LOSS) {
      leased_.erase(request->unit_id());
    }
    return status;
  }
  if (request->run_id() != run_id_) return {grpc::StatusCode::FAILED_PRECONDITION, "other run"};
  if (commits_.count(request->unit_id()) != 0) response->set_repeated(true);
  commits_.emplace(request->unit_id(), *request);
  leased_.erase(request->unit_id());
  if (std::exchange(lose_commit_answer_, false)) return {grpc::StatusCode::UNAVAILABLE, "lost"};
  return grpc::Status::OK;
}

grpc::Status FakeServer::ReleaseUnit(grpc::ServerContext*, const v1::ReleaseUnitRequest* request,
                                     v1::ReleaseUnitResponse*) {
  absl::MutexLock lock(&mutex_);
  if (grpc::Status status = Enter("ReleaseUnit"); !status.ok()) return status;
  releases_.push_back(*request);
  leased_.erase(request->unit_id());
  return grpc::Status::OK;
}

grpc::Status FakeServer::UploadShard(grpc::ServerContext*,
                                     grpc::ServerReader<v1::UploadShardRequest>* reader,
                                     v1::UploadShardResponse*) {
  v1::UploadShardRequest message;
  v1::UploadShardHeader header;
  std::string file;
  size_t break_after = 0;
  {
    absl::MutexLock lock(&mutex_);
    break_after = std::exchange(break_upload_after_, 0);
  }
  while (reader->Read(&message)) {
    if (message.has_header()) header = message.header();
    file += message.data();
    if (break_after > 0 && file.size() >= break_after) break;
  }
  absl::MutexLock lock(&mutex_);
  file = broken_upload_.substr(0, header.offset()) + file;
  if (break_after > 0) {
    broken_upload_ = file;
    ++calls_["UploadShard"];
    return {grpc::StatusCode::UNAVAILABLE, "broken"};
  }
  if (on_upload_) on_upload_();
  if (grpc::Status status = Enter("UploadShard"); !status.ok()) {
    if (status.error_code() == grpc::StatusCode::FAILED_PRECONDITION) {
      leased_.erase(header.unit_id());
    }
    return status;
  }
  if (file.size() != header.length_bytes()) return {grpc::StatusCode::INVALID_ARGUMENT, "length"};
  shards_[header.unit_id()] = file;
  return grpc::Status::OK;
}

grpc::Status FakeServer::GetUpload(grpc::ServerContext*, const v1::GetUploadRequest*,
                                   v1::GetUploadResponse* response) {
  absl::MutexLock lock(&mutex_);
  if (grpc::Status status = Enter("GetUpload"); !status.ok()) return status;
  response->set_received_bytes(broken_upload_.size());
  return grpc::Status::OK;
}

void FakeServer::BreakNextUploadAfter(size_t bytes) {
  absl::MutexLock lock(&mutex_);
  break_upload_after_ = bytes;
}

}  // namespace moyo::worker
