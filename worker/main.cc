// moyo-worker: parses work units of a Moyo server until none is left or it is told to stop.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "common/base/command_line.h"
#include "common/base/host.h"
#include "common/base/shutdown.h"
#include "common/metrics/exposer.h"
#include "common/rpc/access_flags.h"
#include "worker/loop/worker_loop.h"

namespace {

// Of the program, beside those of its loop.
struct Settings {
  moyo::rpc::AccessFlags access;
  std::string metrics;
  std::string log_level = "info";
};

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "moyo-worker: %s\n", std::string(status.message()).c_str());
  return 1;
}

void AddFlags(CLI::App& app, moyo::worker::WorkerOptions& options, Settings& settings) {
  using moyo::worker::LocalFiles;
  moyo::rpc::AddAccessFlags(app, settings.access);
  app.add_option("--parallel", options.parallel, "units parsed at once")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option(
         "--name", options.name,
         "name of this worker, of no other: the server never has a worker check its own units")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--spool", options.spool_folder,
                 "folder for finished shards that the server has not taken yet; without it they "
                 "are in memory alone")
      ->type_name("DIR");
  moyo::rpc::AddAddress(app, "--metrics", settings.metrics, "serve /metrics for Prometheus there");
  moyo::AddChoice(app, "--local-files", options.local_files,
                  "read sources from this machine where they are the same",
                  {{"on", LocalFiles::kUse}, {"off", LocalFiles::kIgnore}});
  app.add_flag("--exit-when-done", options.exit_when_done, "end when the server has no more work");
  app.add_option("--log-level", settings.log_level, "least level that is logged")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
  moyo::AddExamples(app, {"moyo-worker --server 127.0.0.1:50051 --parallel 2 --spool spool",
                          "moyo-worker --join-file code --spool spool --metrics 127.0.0.1:9091"});
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Turn work units of a server into finished shards", "moyo-worker");
  moyo::InitCommandLine(app);
  moyo::worker::WorkerOptions options;
  options.name = moyo::HostAndPid("worker");
  options.parallel = moyo::AvailableCpus();
  Settings settings;
  AddFlags(app, options, settings);
  if (const auto end = moyo::ParseFlags(app, argc, argv)) return moyo::Print(*end);
  spdlog::set_default_logger(spdlog::stderr_color_mt("worker"));
  spdlog::set_level(spdlog::level::from_str(settings.log_level));
  moyo::InstallShutdownHandlers();
  const auto access = moyo::rpc::ResolveAccess(settings.access);
  if (!access.ok()) return Fail(access.status());
  options.server = *access;
  const auto endpoint = moyo::metrics::Endpoint::Open(settings.metrics, "moyo-worker");
  if (!endpoint.ok()) return Fail(endpoint.status());
  if (!options.spool_folder.empty()) (*endpoint)->WatchDisk(options.spool_folder);
  const absl::Status status = moyo::worker::WorkerLoop(options, **endpoint).Run();
  return status.ok() ? 0 : Fail(status);
}
