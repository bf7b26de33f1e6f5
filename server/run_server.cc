#include "server/run_server.h"

#include <spdlog/spdlog.h>

#include <atomic>
#include <cstdio>
#include <iostream>
#include <memory>

#include "common/base/command_line.h"
#include "common/base/files.h"
#include "common/base/host.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/metrics/exposer.h"
#include "server/coordinator.h"
#include "server/gauges.h"
#include "server/network.h"
#include "server/run_folder.h"

namespace moyo::server {
namespace {

constexpr absl::Duration kTickEvery = absl::Milliseconds(500);
constexpr absl::Duration kStopPatience = absl::Seconds(2);

CoordinatorOptions CoordinatorOptionsOf(const ServerOptions& options, v1::ParseOptions parse) {
  CoordinatorOptions coordinator;
  coordinator.parse = std::move(parse);
  coordinator.lease_duration = absl::Seconds(options.lease_seconds);
  coordinator.catalog.games_per_shard = options.games_per_shard;
  coordinator.catalog.skipped_folder = catalog::NormalPath(options.run_dir);
  return coordinator;
}

work::Policy PolicyOf(const ServerOptions& options) {
  work::Policy policy;
  policy.max_attempts = options.max_attempts;
  policy.lease_duration = absl::Seconds(options.lease_seconds);
  policy.backup_after = options.backup_after_seconds > 0
                            ? absl::Seconds(options.backup_after_seconds)
                            : absl::InfiniteDuration();
  policy.recheck_percent = options.recheck_percent;
  return policy;
}

// Where the catalogue thread leaves that the server was started in vain.
struct StartFailure {
  absl::Mutex mutex;
  absl::Status status ABSL_GUARDED_BY(mutex);
};

absl::Status JudgeCatalogue(store::Store& store, const ServerOptions& options,
                            const absl::Status& catalogued) {
  if (options.games.empty() || absl::IsCancelled(catalogued)) return absl::OkStatus();
  MOYO_RETURN_IF_ERROR(
      catalog::StartedInVain(options.games, catalogued, store.GetStatus().games_seen));
  // What is there can be worked on, or the scan is tried again; the error shows in the status.
  if (!catalogued.ok()) spdlog::error("{}", std::string(catalogued.message()));
  return absl::OkStatus();
}

// Ends early when the disk fails: nothing can be promised any more, and only a restart mends that.
void TickUntilShutdown(Coordinator& coordinator, Network& network, store::Store& store,
                       metrics::Endpoint& endpoint) {
  const auto gauges = std::make_shared<Gauges>(store, coordinator);
  endpoint.AddSource(gauges);
  while (!WaitForShutdown(kTickEvery)) {
    coordinator.Tick();
    network.Tick();
    const absl::Status failure = store.SyncFailure();
    if (failure.ok()) continue;
    spdlog::error("stopping: {}", std::string(failure.message()));
    break;
  }
  endpoint.RemoveSource(gauges);
}

absl::Status Serve(const ServerOptions& options) {
  RaiseOpenFileLimit();
  if (!options.games.empty()) MOYO_RETURN_IF_ERROR(catalog::CheckPaths(options.games));
  MOYO_ASSIGN_OR_RETURN(const FileLock lock, OpenRunFolder(options.run_dir));
  store::StoreOptions store_options;
  store_options.policy = PolicyOf(options);
  MOYO_ASSIGN_OR_RETURN(store_options.duplicates, DuplicatesOf(options));
  MOYO_ASSIGN_OR_RETURN(
      const std::unique_ptr<store::Store> store,
      store::Store::Open(options.run_dir + "/server", store_options, Clock::Steady()));
  MOYO_ASSIGN_OR_RETURN(v1::ParseOptions parse, SettleParseOptions(*store, options));
  MOYO_ASSIGN_OR_RETURN(const std::unique_ptr<metrics::Endpoint> endpoint,
                        metrics::Endpoint::Open(options.metrics, "moyo-server"));
  endpoint->WatchDisk(options.run_dir);
  StartFailure failure;
  Coordinator coordinator(*store, CoordinatorOptionsOf(options, std::move(parse)), Clock::Steady());
  MOYO_RETURN_IF_ERROR(coordinator.Load());
  // Before anyone can ask: a run with nothing to catalogue is complete from the first answer on.
  coordinator.StartCatalogue(options.games, options.limit_games, [&](const absl::Status& ended) {
    absl::MutexLock hold(&failure.mutex);
    failure.status = JudgeCatalogue(*store, options, ended);
    if (!failure.status.ok()) RequestShutdown();
  });
  MOYO_ASSIGN_OR_RETURN(const std::unique_ptr<Network> network,
                        Network::Open(options, coordinator, *store, Clock::System()));
  TickUntilShutdown(coordinator, *network, *store, *endpoint);
  coordinator.StopScans();  // AddSources is a call that would outlive the network's patience
  network->Stop(kStopPatience);
  coordinator.Stop();
  MOYO_RETURN_IF_ERROR(store->SyncFailure());
  absl::MutexLock hold(&failure.mutex);
  return failure.status;
}

}  // namespace

int RunServer(const ServerOptions& options) {
  const absl::Status status = Serve(options);
  if (status.ok()) return 0;
  std::cerr << "moyo-server: " << std::string(status.message()) << "\n";
  if (absl::IsAborted(status)) return kRunInUse;
  return absl::IsInvalidArgument(status) ? kWrongUsage : 1;
}

}  // namespace moyo::server
