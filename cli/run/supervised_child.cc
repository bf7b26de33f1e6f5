#include "cli/run/supervised_child.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace moyo::cli {

AfterDeath DecideAfterDeath(const RestartPolicy& policy, const ChildDeath& death) {
  if (!death.killed_by_signal && death.exit_code == 0) return AfterDeath::kDone;
  if (!death.killed_by_signal && !policy.restart_after_error) return AfterDeath::kFail;
  if (death.restarts >= policy.max_restarts) return AfterDeath::kFail;
  if (death.quick_deaths >= policy.max_quick_deaths) return AfterDeath::kFail;
  return AfterDeath::kRestart;
}

absl::Status SupervisedChild::Start(absl::Time now) {
  MOYO_ASSIGN_OR_RETURN(std::unique_ptr<Child> child, Child::Start(spec_));
  Adopt(std::move(child), now);
  return absl::OkStatus();
}

void SupervisedChild::Adopt(std::unique_ptr<Child> child, absl::Time now) {
  child_ = std::move(child);
  started_ = now;
  restart_at_ = absl::InfiniteFuture();
}

absl::StatusOr<SupervisedChild::State> SupervisedChild::OnDeath(absl::Time now) {
  quick_deaths_ = now - started_ < policy_.quick ? quick_deaths_ + 1 : 0;
  const std::string end = child_->EndText();
  const std::string line = LastLogLine(spec_.log_path, child_->log_begin());
  const ChildDeath death = {.exit_code = child_->exit_code(),
                            .killed_by_signal = child_->killed_by_signal(),
                            .restarts = restarts_,
                            .quick_deaths = quick_deaths_};
  peak_rss_bytes_ = std::max(peak_rss_bytes_, child_->peak_rss_bytes());
  child_.reset();
  switch (DecideAfterDeath(policy_, death)) {
    case AfterDeath::kDone:
      quick_deaths_ = 0;
      return State::kDone;
    case AfterDeath::kRestart:
      last_death_ = absl::StrCat(name_, " ended with ", end);
      ++restarts_;
      restart_at_ = now + policy_.pause;
      return State::kPausing;
    case AfterDeath::kFail:
      break;
  }
  return absl::FailedPreconditionError(
      absl::StrCat(name_, " ended with ", end,
                   restarts_ > 0 ? absl::StrCat(" after ", restarts_, " restarts") : "",
                   line.empty() ? "" : ": ", line, " (log: ", spec_.log_path, ")"));
}

absl::StatusOr<SupervisedChild::State> SupervisedChild::Poll(absl::Time now) {
  if (child_ != nullptr) return child_->Poll() ? State::kRunning : OnDeath(now);
  if (!pausing()) return State::kDone;
  if (now < restart_at_) return State::kPausing;
  MOYO_RETURN_IF_ERROR(Start(now));
  return State::kRunning;
}

void SupervisedChild::Signal(int signal_number) {
  if (child_ != nullptr) child_->Signal(signal_number);
}

void SupervisedChild::AskToEnd() {
  if (child_ != nullptr) child_->AskToEnd();
}

void SupervisedChild::Stop(absl::Duration patience) {
  restart_at_ = absl::InfiniteFuture();
  if (child_ == nullptr) return;
  child_->Stop(patience);
  peak_rss_bytes_ = std::max(peak_rss_bytes_, child_->peak_rss_bytes());
  child_.reset();
}

uint64_t SupervisedChild::peak_rss_bytes() const {
  return std::max(peak_rss_bytes_, child_ == nullptr ? 0 : child_->peak_rss_bytes());
}

}  // namespace moyo::cli
