#include "trainer/server_link.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/metrics/exposer.h"
#include "common/rpc/access_flags.h"
#include "trainer/remote/gpu_metrics.h"
#include "trainer/remote/progress_reporter.h"
#include "trainer/remote/shard_source.h"
#include "trainer/remote/training_metrics.h"

namespace moyo::trainer {
namespace {

class GrpcServerLink final : public ServerLink {
 public:
  void AddFlags(CLI::App& app, std::string& shards) override {
    rpc::AddAccessFlags(app, access_)
        ->add_option("--shards", shards,
                     "folder of shards in place of a server, as 'moyo shards --out' writes it")
        ->type_name("DIR");
    rpc::AddAddress(app, "--metrics", metrics_address_, "serve /metrics for Prometheus there");
    shards_ = &shards;
  }

  absl::Status Resolve() override {
    if (!shards_->empty()) return absl::OkStatus();
    MOYO_ASSIGN_OR_RETURN(server_, rpc::ResolveAccess(access_));
    return absl::OkStatus();
  }

  absl::Status ServeMetrics(const std::string& run_dir) override {
    MOYO_ASSIGN_OR_RETURN(endpoint_, metrics::Endpoint::Open(metrics_address_, "moyo-trainer"));
    endpoint_->WatchDisk(run_dir);
    endpoint_->AddSource(std::make_shared<GpuMetrics>());
    metrics_ = std::make_unique<TrainingMetrics>(endpoint_->registry());
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<DatasetSource>> OpenSource(const std::string& cache_folder,
                                                            StartRule start) override {
    MOYO_RETURN_IF_ERROR(rpc::AwaitServer(server_));
    reporter_ = std::make_unique<ProgressReporter>(server_);
    return MakeShardSource(
        {.server = server_, .cache_folder = cache_folder, .start = std::move(start)});
  }

  std::vector<TrainingObserver*> Observers() override {
    std::vector<TrainingObserver*> observers = {metrics_.get()};
    if (reporter_ != nullptr) observers.push_back(reporter_.get());
    return observers;
  }

 private:
  rpc::AccessFlags access_;
  std::string metrics_address_;
  const std::string* shards_ = nullptr;
  rpc::ServerAccess server_;
  std::unique_ptr<metrics::Endpoint> endpoint_;
  std::unique_ptr<TrainingMetrics> metrics_;
  std::unique_ptr<ProgressReporter> reporter_;
};

}  // namespace

std::unique_ptr<ServerLink> ServerLink::Make() { return std::make_unique<GrpcServerLink>(); }

}  // namespace moyo::trainer
