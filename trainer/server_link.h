// What the trainer does with a server and with Prometheus. A build without gRPC has none of it, and
// trains on a folder of shards alone.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "trainer/data/dataset_source.h"
#include "trainer/train/options.h"
#include "trainer/train/training_report.h"

namespace moyo::trainer {

// One a process; calls in this order.
class ServerLink {
 public:
  // Null in a build without gRPC.
  static std::unique_ptr<ServerLink> Make();
  virtual ~ServerLink() = default;

  // Its own flags; one of those that name a server, or --shards into `shards`, must be given.
  virtual void AddFlags(CLI::App& app, std::string& shards) = 0;
  // After the flags are read: which server, if any. Errors as rpc::ResolveAccess.
  virtual absl::Status Resolve() = 0;
  // Begins to serve metrics. UNAVAILABLE: the address is taken.
  virtual absl::Status ServeMetrics(const std::string& run_dir) = 0;
  // Waits until the server answers. Errors as rpc::AwaitServer.
  virtual absl::StatusOr<std::unique_ptr<DatasetSource>> OpenSource(const std::string& cache_folder,
                                                                    StartRule start) = 0;
  // Who hears how training goes; they live as long as the link.
  virtual std::vector<TrainingObserver*> Observers() = 0;
};

}  // namespace moyo::trainer
