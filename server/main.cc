// moyo-server: hands out work units, keeps the shards, the ledger and the state of a run.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <clocale>
#include <cstdlib>

#include "absl/synchronization/mutex.h"
#include "common/base/shutdown.h"
#include "server/backup.h"
#include "server/run_server.h"
#include "server/server_flags.h"

namespace {

CLI::App* AddBackup(CLI::App& app, moyo::server::BackupOptions& options) {
  CLI::App* backup = app.add_subcommand("backup", "Copy a run, in use or not, to go on from");
  backup->add_option("--run-dir", options.run_dir, "Folder of the run")->required();
  backup->add_option("--out", options.out, "Folder of the copy; must not be there")->required();
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
  CLI::App app("Moyo's server: work units, shards, ledger.", "moyo-server");
  moyo::server::ServerOptions options;
  moyo::server::AddFlags(app, options);
  moyo::server::BackupOptions backup_options;
  const CLI::App* backup = AddBackup(app, backup_options);
  try {
    app.parse(argc, argv);
    if (backup->parsed()) return moyo::server::RunBackup(backup_options);
    if (options.run_dir.empty()) throw CLI::RequiredError("--run-dir");
    if (options.listen.empty()) throw CLI::RequiredError("--listen");
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    std::fprintf(stderr, "moyo-server: %s; see --help\n", error.what());
    return 2;
  }
  return moyo::server::RunServer(options);
}
