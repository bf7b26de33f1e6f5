// moyo-server: hands out work units, keeps the shards, the ledger and the state of a run.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <clocale>
#include <cstdlib>

#include "absl/synchronization/mutex.h"
#include "common/base/filter_flags.h"
#include "common/base/shutdown.h"
#include "server/backup.h"
#include "server/run_server.h"

namespace {

void AddFlags(CLI::App& app, moyo::server::ServerOptions& options) {
  app.add_option("--run-dir", options.run_dir, "Folder of the run; made when missing");
  app.add_option("--listen", options.listen, "HOST:PORT; port 0 picks a free one");
  app.add_option("--games", options.games, "Folders, files or archives of game records");
  app.add_option("--limit", options.limit_games, "Stop cataloguing after so many games; 0: none");
  app.add_option("--games-per-shard", options.games_per_shard, "Games of one work unit")
      ->check(CLI::Range(1u, 100'000u))
      ->capture_default_str();
  app.add_option("--duplicates", options.duplicates, "Of equal games keep the first, or all")
      ->check(CLI::IsMember({"drop", "keep"}));
  app.add_option("--min-moves", options.min_moves,
                 "Keep a damaged game when so many moves remain (30)");
  app.add_option("--max-moves", options.max_moves, "Filter out longer games (1000)");
  app.add_option("--board-size", options.board_size, "Filter out other sizes; 0: keep all")
      ->check(CLI::Range(0u, 25u));
  for (const moyo::FilterFlag& flag : moyo::FilterFlags()) {
    app.add_option_function<std::string>(
           std::string("--") + flag.name,
           [&options, &flag](const std::string& text) { options.filters[flag.name] = text; },
           flag.about)
        ->check([&flag](const std::string& text) {
          return flag.is_valid(text) ? "" : moyo::FilterRefusal(flag, text);
        })
        ->type_name(flag.value)
        ->group("Filters");
  }
  app.add_option("--lease-seconds", options.lease_seconds, "A worker without progress loses a unit")
      ->check(CLI::Range(1u, 86'400u))
      ->capture_default_str();
  app.add_option("--max-attempts", options.max_attempts, "Then a unit is split or quarantined")
      ->check(CLI::Range(1u, 100u))
      ->capture_default_str();
  app.add_option("--backup-after", options.backup_after_seconds,
                 "An idle worker may do a slow one's unit after so many seconds; 0: never")
      ->check(CLI::Range(0.0, 86'400.0))
      ->capture_default_str();
  app.add_option("--recheck-percent", options.recheck_percent,
                 "So many of the units are done again by another worker and compared")
      ->check(CLI::Range(0u, 100u))
      ->capture_default_str();
  app.add_option("--metrics", options.metrics, "HOST:PORT of /metrics; none by default");
  app.add_option("--web", options.web, "HOST:PORT of the training page; none by default");
  app.add_flag("--insecure", options.insecure, "Beyond this machine: no encryption, no tokens");
  app.add_option("--advertise", options.advertise, "HOST:PORT that join codes tell others to dial");
}

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
  AddFlags(app, options);
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
