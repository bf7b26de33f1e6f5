#include "trainer/remote/progress_reporter.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/base/host.h"
#include "common/base/memory.h"
#include "common/rpc/channel.h"
#include "moyo/v1/training.grpc.pb.h"
#include "trainer/remote/call_status.h"

namespace moyo::trainer {
namespace {

constexpr absl::Duration kCallTimeout = absl::Seconds(3);
constexpr absl::Duration kRetryPause = absl::Milliseconds(250);
// With the last report after training has ended: a server that is started again just then gets it.
constexpr absl::Duration kLastPatience = absl::Seconds(6);

v1::TrainingProgress ProgressOf(const TrainingReport& r) {
  const MemoryUse memory = ReadMemoryUse();
  v1::TrainingProgress p;
  p.set_trainer(HostAndPid("trainer"));
  p.set_epoch(r.epoch);
  p.set_epochs(r.epochs);
  p.set_step(r.step);
  p.set_samples(r.samples);
  p.set_planned_samples(r.planned_samples);
  p.set_samples_per_second(r.samples_per_second);
  p.set_loss(r.loss);
  p.set_policy_loss(r.policy_loss);
  p.set_value_loss(r.value_loss);
  p.set_learning_rate(r.learning_rate);
  p.set_top1(r.validation.top1);
  p.set_top5(r.validation.top5);
  p.set_nats(r.validation.nats);
  p.set_value_accuracy(r.validation.value_accuracy);
  p.set_validation_positions(r.validation.positions);
  p.set_feed_wait_ratio(r.feed_wait_ratio);
  p.set_checkpoints(r.checkpoints);
  p.set_checkpoint_bytes(r.checkpoint_bytes);
  p.set_checkpoint_unix_seconds(absl::ToUnixSeconds(r.checkpoint_written));
  p.set_rss_bytes(memory.rss_bytes);
  p.set_vms_bytes(memory.vms_bytes);
  p.set_budget_bytes(r.budget_bytes);
  p.set_finished(r.finished);
  p.set_error(r.error);
  p.set_dataset_digest(r.dataset_digest);
  return p;
}

}  // namespace

ProgressReporter::ProgressReporter(const rpc::ServerAccess& server)
    : thread_([this, server] { Run(server); }) {}

ProgressReporter::~ProgressReporter() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  thread_.join();
}

void ProgressReporter::OnReport(const TrainingReport& report) {
  v1::TrainingProgress progress = ProgressOf(report);
  absl::MutexLock lock(&mutex_);
  latest_ = std::move(progress);
  dirty_ = true;
}

void ProgressReporter::Run(const rpc::ServerAccess& server) {
  const auto stub = v1::TrainingService::NewStub(rpc::MakeChannel(server));
  for (;;) {
    v1::ReportProgressRequest request;
    {
      absl::MutexLock lock(&mutex_);
      const auto has_work = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return dirty_ || stopped_;
      };
      mutex_.Await(absl::Condition(&has_work));
      if (!dirty_) return;
      *request.mutable_progress() = latest_;
      dirty_ = false;
    }
    grpc::ClientContext context;
    rpc::SetDeadline(context, kCallTimeout);
    v1::ReportProgressResponse response;
    const grpc::Status sent = stub->ReportProgress(&context, request, &response);
    if (rpc::IsRetryable(FromServer(sent)) && !WaitToSendAgain()) return;
  }
}

bool ProgressReporter::WaitToSendAgain() {
  {
    absl::MutexLock lock(&mutex_);
    dirty_ = true;  // latest_ is the one that failed, or newer
    if (!stopped_) {
      mutex_.AwaitWithTimeout(absl::Condition(&stopped_), kRetryPause);
      return true;
    }
  }
  const absl::Time now = absl::Now();
  if (give_up_ == absl::InfiniteFuture()) give_up_ = now + kLastPatience;
  absl::SleepFor(kRetryPause);
  return now < give_up_;
}

}  // namespace moyo::trainer
