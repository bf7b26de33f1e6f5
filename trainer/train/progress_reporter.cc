#include "trainer/train/progress_reporter.h"

#include <utility>

#include "common/base/host.h"
#include "common/rpc/channel.h"
#include "moyo/v1/training.grpc.pb.h"

namespace moyo::trainer {
namespace {

constexpr absl::Duration kCallTimeout = absl::Seconds(3);

}  // namespace

ProgressReporter::ProgressReporter(const rpc::ServerAccess& server) {
  if (!server.address.empty()) thread_ = std::thread([this, server] { Run(server); });
}

ProgressReporter::~ProgressReporter() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void ProgressReporter::Report(v1::TrainingProgress progress) {
  progress.set_trainer(HostAndPid("trainer"));
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
    (void)stub->ReportProgress(&context, request, &response);  // the next report holds all
  }
}

}  // namespace moyo::trainer
