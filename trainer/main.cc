// moyo-trainer: learns a policy network from the finished shards of a Moyo server.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>

#include "common/base/shutdown.h"
#include "common/metrics/exposer.h"
#include "trainer/flags.h"
#include "trainer/process_tuning.h"
#include "trainer/train/training_loop.h"

namespace {

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "moyo-trainer: %s\n", std::string(status.message()).c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  moyo::trainer::LimitSpinning(argv);
  moyo::trainer::TuneAllocator();
  moyo::trainer::Flags flags;
  if (const auto exit_code = flags.Parse(argc, argv)) return *exit_code;
  spdlog::set_default_logger(spdlog::stdout_color_mt("trainer"));
  spdlog::flush_on(spdlog::level::info);
  moyo::InstallShutdownHandlers();
  const auto endpoint = moyo::metrics::Endpoint::Open(flags.metrics_address, "moyo-trainer");
  if (!endpoint.ok()) return Fail(endpoint.status());
  (*endpoint)->WatchDisk(flags.options.run_dir);
  const absl::Status status = moyo::trainer::TrainFromServer(flags.options, **endpoint);
  const bool was_stopped = absl::IsCancelled(status) && moyo::ShutdownRequested();
  return status.ok() || was_stopped ? 0 : Fail(status);
}
