// moyo-worker: parses work units of a Moyo server until none is left or it is told to stop.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "common/base/host.h"
#include "common/base/shutdown.h"
#include "common/metrics/exposer.h"
#include "common/rpc/access_flags.h"
#include "worker/loop/worker_loop.h"

namespace {

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "moyo-worker: %s\n", std::string(status.message()).c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Parses work units of a Moyo server: SGF files in, finished shards out."};
  app.footer("Example: moyo-worker --server 127.0.0.1:50051 --parallel 2 --spool spool");
  moyo::worker::WorkerOptions options;
  options.name = moyo::HostAndPid("worker");
  options.parallel = moyo::AvailableCpus();
  std::string local_files = "on";
  std::string metrics_address;
  std::string log_level = "info";
  moyo::rpc::AccessFlags access_flags;
  moyo::rpc::AddAccessFlags(app, access_flags);
  app.add_option("--parallel", options.parallel, "units parsed at once")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--name", options.name, "name shown to people")->capture_default_str();
  app.add_option("--spool", options.spool_folder,
                 "folder for finished shards the server has not taken yet");
  app.add_option("--metrics", metrics_address, "HOST:PORT to serve /metrics on");
  app.add_option("--local-files", local_files,
                 "read sources from this machine where they are the same")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
  app.add_flag("--exit-when-done", options.exit_when_done, "end when the server has no more work");
  app.add_option("--log-level", log_level, "least level that is logged")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    std::fprintf(stderr, "moyo-worker: %s; see --help\n", error.what());
    return 2;
  }
  options.local_files =
      local_files == "on" ? moyo::worker::LocalFiles::kUse : moyo::worker::LocalFiles::kIgnore;
  spdlog::set_default_logger(spdlog::stderr_color_mt("worker"));
  spdlog::set_level(spdlog::level::from_str(log_level));
  moyo::InstallShutdownHandlers();
  const auto access = moyo::rpc::ResolveAccess(access_flags);
  if (!access.ok()) return Fail(access.status());
  options.server = *access;
  const auto endpoint = moyo::metrics::Endpoint::Open(metrics_address, "moyo-worker");
  if (!endpoint.ok()) return Fail(endpoint.status());
  if (!options.spool_folder.empty()) (*endpoint)->WatchDisk(options.spool_folder);
  const absl::Status status = moyo::worker::WorkerLoop(options, **endpoint).Run();
  return status.ok() ? 0 : Fail(status);
}
