#include "cli/status_poller.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"

namespace moyo::cli {
namespace {

constexpr absl::Duration kPollTimeout = absl::Seconds(3);

}  // namespace

absl::StatusOr<std::unique_ptr<StatusPoller>> StatusPoller::Start(const ServerTarget& target,
                                                                  absl::Duration pause) {
  auto opened = ServerConnection::Open(target, ServerConnection::Temporary::kRefused);
  if (absl::IsUnavailable(opened.status()) && !target.run_dir.empty()) {
    return absl::UnavailableError(
        absl::StrCat(opened.status().message(), ", or ask without --watch"));
  }
  MOYO_ASSIGN_OR_RETURN(auto server, std::move(opened));
  const absl::StatusOr<v1::GetStatusResponse> first = server->GetStatus();
  if (!first.ok()) return first.status();
  std::unique_ptr<StatusPoller> poller(new StatusPoller(target, pause, std::move(server)));
  poller->Take(first);
  poller->thread_ = std::thread([raw = poller.get()] { raw->Poll(); });
  return poller;
}

StatusPoller::StatusPoller(const ServerTarget& target, absl::Duration pause,
                           std::unique_ptr<ServerConnection> server)
    : target_(target), pause_(pause), server_(std::move(server)) {}

StatusPoller::~StatusPoller() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

StatusPoller::Latest StatusPoller::latest() const {
  absl::MutexLock lock(&mutex_);
  return latest_;
}

bool StatusPoller::Pause() {
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&stopped_), pause_);
}

void StatusPoller::Take(const absl::StatusOr<v1::GetStatusResponse>& status) {
  absl::MutexLock lock(&mutex_);
  ++latest_.tries;
  if (!status.ok()) {
    latest_.error = std::string(status.status().message());
    return;
  }
  latest_.status = *status;
  latest_.answered = absl::Now();
  latest_.address = server_->address();
  latest_.join_by = server_->join_by();
  latest_.error.clear();
}

void StatusPoller::Poll() {
  while (!Pause()) {
    const absl::StatusOr<v1::GetStatusResponse> status = server_->GetStatus(kPollTimeout);
    Take(status);
    // A server that was started again may listen elsewhere; a channel finds the old address itself.
    if (status.ok() || target_.run_dir.empty()) continue;
    auto again = ServerConnection::Open(target_, ServerConnection::Temporary::kRefused);
    if (again.ok()) server_ = *std::move(again);
  }
}

}  // namespace moyo::cli
