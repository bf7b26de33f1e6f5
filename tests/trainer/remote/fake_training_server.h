// A server that only listens to training reports, on a free port of the loopback.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "moyo/v1/training.grpc.pb.h"

namespace moyo::trainer {

class FakeTrainingServer final : public v1::TrainingService::Service {
 public:
  FakeTrainingServer() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeTrainingServer() override { server_->Shutdown(); }

  // The next reports of a finished training end so.
  void MissFinishedReports(std::vector<grpc::StatusCode> ends) {
    absl::MutexLock lock(&mutex_);
    missed_ = std::move(ends);
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }
  // Default values when none has come.
  v1::TrainingProgress last() {
    absl::MutexLock lock(&mutex_);
    return last_;
  }

 private:
  grpc::Status ReportProgress(grpc::ServerContext*, const v1::ReportProgressRequest* request,
                              v1::ReportProgressResponse*) override {
    absl::MutexLock lock(&mutex_);
    if (request->progress().finished() && !missed_.empty()) {
      const grpc::StatusCode end = missed_.back();
      missed_.pop_back();
      return {end, "being started again"};
    }
    last_ = request->progress();
    return grpc::Status::OK;
  }

  absl::Mutex mutex_;
  v1::TrainingProgress last_ ABSL_GUARDED_BY(mutex_);
  std::vector<grpc::StatusCode> missed_ ABSL_GUARDED_BY(mutex_);
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace moyo::trainer
