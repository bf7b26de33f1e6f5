// Scans: those of the server's start, and AddSources.
#include <spdlog/spdlog.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "server/coordinator.h"

namespace moyo::server {

void Coordinator::StartCatalogue(std::vector<std::string> paths, uint64_t limit_games,
                                 std::function<void(const absl::Status&)> done) {
  const absl::StatusOr<std::vector<store::Scan>> unfinished = store_.UnfinishedScans();
  if (paths.empty() && unfinished.ok() && unfinished->empty()) {
    --running_scans_;
    return done(absl::OkStatus());
  }
  catalogue_thread_ =
      std::thread([this, paths = std::move(paths), limit_games, done = std::move(done)] {
        absl::Status status = Catalogue(paths, limit_games);
        while (catalog::MayPass(status)) {
          NoteCatalogue(status);
          done(status);
          if (stopping_.WaitFor(options_.catalogue_retry)) break;
          // All of it: the disk may have failed before the scan was remembered.
          status = Catalogue(paths, limit_games);
        }
        NoteCatalogue(status);
        --running_scans_;
        done(status);
      });
}

absl::Status Coordinator::Catalogue(const std::vector<std::string>& paths, uint64_t limit_games) {
  absl::Status status;
  if (!paths.empty()) status = cataloguer_.Scan(paths, limit_games).status();
  return catalog::GraverOf(status, cataloguer_.ResumeScans());
}

void Coordinator::NoteCatalogue(const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  if (!absl::IsCancelled(status)) catalogue_error_ = std::string(status.message());
}

void Coordinator::ResumeInBackground(const absl::Status& cut) {
  spdlog::error("a scan was cut and will be made again: {}", std::string(cut.message()));
  NoteCatalogue(cut);
  absl::MutexLock lock(&mutex_);
  resume_again_ = true;
  if (is_resuming_ || has_stopped_) return;
  if (resume_thread_.joinable()) resume_thread_.join();  // it has ended, and takes no lock any more
  is_resuming_ = true;
  ++running_scans_;
  resume_thread_ = std::thread([this] { ResumeUntilThrough(); });
}

void Coordinator::ResumeUntilThrough() {
  while (!stopping_.WaitFor(options_.catalogue_retry)) {
    {
      absl::MutexLock lock(&mutex_);
      resume_again_ = false;
    }
    const absl::Status status = cataloguer_.ResumeScans();
    NoteCatalogue(status);
    absl::MutexLock lock(&mutex_);
    if (catalog::MayPass(status) || resume_again_) continue;
    is_resuming_ = false;
    --running_scans_;
    return;
  }
}

void Coordinator::StopScans() {
  cataloguer_.Stop();
  stopping_.Set();
}

absl::Status Coordinator::SeeToCutScan(const std::vector<std::string>& paths, uint64_t limit_games,
                                       const absl::Status& cut) {
  std::vector<std::string> normal;
  for (const std::string& path : paths) normal.push_back(catalog::NormalPath(path));
  const absl::StatusOr<std::vector<store::Scan>> unfinished = store_.UnfinishedScans();
  // What the store does not remember was not begun, and is the caller's to repeat.
  const bool is_remembered =
      !unfinished.ok() ||
      std::any_of(unfinished->begin(), unfinished->end(), [&](const store::Scan& scan) {
        return scan.paths == normal && scan.limit_games == limit_games;
      });
  if (is_remembered) ResumeInBackground(cut);
  const std::string text = absl::StrCat(
      cut.message(),
      is_remembered ? "; the server tries again by itself until the paths are added" : "");
  // To the caller UNAVAILABLE would say that the server is away.
  return absl::IsInternal(cut) ? absl::InternalError(text) : absl::ResourceExhaustedError(text);
}

absl::Status Coordinator::AddSources(const v1::AddSourcesRequest& request,
                                     v1::AddSourcesResponse& response) {
  ++running_scans_;
  const absl::Cleanup scan_ended = [this] { --running_scans_; };
  const std::vector<std::string> paths(request.paths().begin(), request.paths().end());
  const absl::StatusOr<catalog::ScanResult> result = cataloguer_.Scan(paths, request.limit());
  if (catalog::MayPass(result.status())) {
    return SeeToCutScan(paths, request.limit(), result.status());
  }
  MOYO_RETURN_IF_ERROR(result.status());
  response.set_sources(result->sources);
  response.set_games(result->games);
  response.set_known(result->known);
  response.set_removed(result->removed);
  return absl::OkStatus();
}

}  // namespace moyo::server
