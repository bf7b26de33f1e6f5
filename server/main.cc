// moyo-server: hands out work units, keeps the shards, the ledger and the state of a run.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <clocale>
#include <cstdlib>
#include <string>

#include "absl/synchronization/mutex.h"
#include "common/base/command_line.h"
#include "common/base/filter_flags.h"
#include "common/base/shutdown.h"
#include "server/backup.h"
#include "server/run_server.h"
#include "server/server_flags.h"

namespace {

CLI::App* AddBackup(CLI::App& app, moyo::server::BackupOptions& options) {
  CLI::App* backup = app.add_subcommand("backup", "Copy a run, in use or not, to go on from");
  backup->add_option("--run-dir", options.run_dir, "folder of the run")
      ->type_name("DIR")
      ->required();
  backup->add_option("--out", options.out, "folder of the copy; must not be there")
      ->type_name("DIR")
      ->required();
  moyo::AddExamples(*backup, {"moyo-server backup --run-dir my-run --out my-run-backup"});
  return backup;
}

}  // namespace

int main(int argc, char** argv) {
  // Names in archives are bytes in many encodings; libarchive needs a UTF-8 locale to pass them on.
  std::setlocale(LC_CTYPE, "C.UTF-8");
  // What gRPC would print, one line of ours says.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  // Debian's Abseil looks for lock cycles at each lock: a help for tests, a tenth of a busy server.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  moyo::InstallShutdownHandlers();
  spdlog::set_default_logger(spdlog::stderr_color_mt("moyo-server"));
  CLI::App app("Find games, lease them to workers as work units, keep the shards and the ledger",
               "moyo-server");
  moyo::InitCommandLine(app);
  moyo::server::ServerOptions options;
  moyo::server::AddFlags(app, options);
  moyo::server::BackupOptions backup_options;
  const CLI::App* backup = AddBackup(app, backup_options);
  moyo::AddExamples(app,
                    {"moyo-server --run-dir my-run --listen 127.0.0.1:50051 --games ~/sgf",
                     "moyo-server --run-dir my-run --listen 0.0.0.0:50051 --web 127.0.0.1:8080"});
  if (const auto end = moyo::ParseFlags(app, argc, argv)) return moyo::Print(*end);
  if (backup->parsed()) return moyo::server::RunBackup(backup_options);
  for (const char* flag : {"--run-dir", "--listen"}) {
    if (app.count(flag) > 0) continue;
    return moyo::Print(moyo::WrongUsage(app, std::string(flag) + " is required"));
  }
  if (const std::string wrong = moyo::FilterContradiction(options.filters); !wrong.empty()) {
    return moyo::Print(moyo::WrongUsage(app, wrong));
  }
  return moyo::server::RunServer(options);
}
