// moyo-trainer: learns a policy network from the finished shards of a server or a folder.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <string_view>

#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "trainer/data/shard_folder.h"
#include "trainer/flags.h"
#include "trainer/process_tuning.h"
#include "trainer/report_flags.h"
#include "trainer/train/training_loop.h"

namespace moyo::trainer {
namespace {

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "moyo-trainer: %s\n", std::string(status.message()).c_str());
  return 1;
}

// Hands each report on to all.
class Audience final : public TrainingObserver {
 public:
  explicit Audience(std::vector<TrainingObserver*> observers) : observers_(std::move(observers)) {}
  void OnReport(const TrainingReport& report) override {
    for (TrainingObserver* observer : observers_) observer->OnReport(report);
  }

 private:
  const std::vector<TrainingObserver*> observers_;
};

absl::Status Run(Flags& flags) {
  const TrainingOptions& options = flags.options;
  const std::string cache_folder = options.run_dir + "/trainer/cache";
  const StartRule start = {.start_after = options.start_after,
                           .on_wait = [](const auto& line) { spdlog::info("{}", line); }};
  // The other ranks have nothing to tell, and may be on the same machine.
  if (flags.link != nullptr && options.group.rank == 0) {
    MOYO_RETURN_IF_ERROR(flags.link->ServeMetrics(options.run_dir));
  }
  std::unique_ptr<DatasetSource> source;
  if (!flags.shards.empty()) {
    source =
        MakeShardFolder({.folder = flags.shards, .cache_folder = cache_folder, .start = start});
  } else {
    MOYO_ASSIGN_OR_RETURN(source, flags.link->OpenSource(cache_folder, start));
  }
  Audience audience(flags.link != nullptr ? flags.link->Observers()
                                          : std::vector<TrainingObserver*>());
  return Train(options, *source, audience);
}

int Main(int argc, char** argv) {
  LimitSpinning(argv);
  TuneAllocator();
  if (argc > 1 && std::string_view(argv[1]) == "report") return ReportMain(argc - 1, argv + 1);
  Flags flags;
  if (const auto exit_code = flags.Parse(argc, argv)) return *exit_code;
  spdlog::set_default_logger(spdlog::stdout_color_mt("trainer"));
  spdlog::flush_on(spdlog::level::info);
  InstallShutdownHandlers();
  const absl::Status status = Run(flags);
  const bool was_stopped = absl::IsCancelled(status) && ShutdownRequested();
  return status.ok() || was_stopped ? 0 : Fail(status);
}

}  // namespace
}  // namespace moyo::trainer

int main(int argc, char** argv) { return moyo::trainer::Main(argc, argv); }
