#include "trainer/report_flags.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>

#include "common/base/command_line.h"
#include "common/base/files.h"
#include "common/base/output.h"
#include "common/base/shutdown.h"

namespace moyo::trainer {

std::optional<int> ReportFlags::Parse(int argc, char** argv) {
  CLI::App app("Judge a run's network by the games that were held out, and tell how the run went",
               "moyo-trainer report");
  InitCommandLine(app);
  AddExamples(app, {"moyo-trainer report --run-dir my-run --html report.html --json report.json",
                    "moyo-trainer report --run-dir my-run --shards shards --one-symmetry"});
  bool one_symmetry = false;
  app.add_option("--run-dir", options.run_dir, "folder of the run")->type_name("DIR")->required();
  app.add_option("--shards", options.shards,
                 "folder of shards that was trained on (not after --server: those are kept)")
      ->type_name("DIR");
  app.add_option("--model", options.model, "another network than RUN_DIR/model.pt")
      ->type_name("FILE");
  app.add_option("--html", options.html, "file for the page")->type_name("FILE");
  app.add_option("--json", json, "file for the figures; else they are printed")->type_name("FILE");
  app.add_option("--positions", options.positions, "to judge by, about")
      ->check(CLI::Range(1, 1'000'000'000))
      ->capture_default_str();
  app.add_flag("--one-symmetry", one_symmetry,
               "leave out the mean of the eight symmetries: a ninth of the time");
  app.add_option("--threads", options.threads, "CPU threads; 0: all")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  if (const auto end = ParseFlags(app, argc, argv)) return Print(*end);
  options.average_symmetries = !one_symmetry;
  return std::nullopt;
}

int ReportMain(int argc, char** argv) {
  ReportFlags flags;
  if (const auto exit_code = flags.Parse(argc, argv)) return *exit_code;
  spdlog::set_default_logger(spdlog::stderr_color_mt("trainer"));  // the figures have the other
  InstallShutdownHandlers();
  absl::Status status = MakeReport(flags.options, [&flags](const std::string& json) {
    if (!flags.json.empty()) return WriteFileAtomically(flags.json, json);
    std::fputs(json.c_str(), stdout);
    return absl::OkStatus();
  });
  status.Update(FlushOutput());
  if (status.ok()) return 0;
  std::fprintf(stderr, "moyo-trainer report: %s\n", std::string(status.message()).c_str());
  return 1;
}

}  // namespace moyo::trainer
