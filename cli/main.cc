// moyo: the person's command line. Flags -> options -> one action -> exit code.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "cli/commands.h"
#include "common/base/command_line.h"
#include "common/base/output.h"
#include "common/base/shutdown.h"

namespace {

constexpr char kAbout[] =
    "Turn Go game records into a trained policy network, and look after the runs";

// A closed terminal stops a run in order, too; `nohup` leaves the signal ignored.
void StopOnHangup() {
  struct sigaction old = {};
  sigaction(SIGHUP, nullptr, &old);
  if (old.sa_handler == SIG_IGN) return;
  struct sigaction action = {};
  action.sa_handler = [](int) { moyo::RequestShutdown(); };
  sigaction(SIGHUP, &action, nullptr);
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", moyo::cli::ErrorLine(status).c_str());
  return moyo::cli::ExitCode(status);
}

}  // namespace

int main(int argc, char** argv) {
  moyo::InstallShutdownHandlers();
  StopOnHangup();
  CLI::App app(kAbout, "moyo");
  moyo::InitCommandLine(app);
  app.require_subcommand(1);
  moyo::cli::Action chosen;
  moyo::cli::RegisterRun(app, chosen);
  moyo::cli::RegisterStatus(app, chosen);
  moyo::cli::RegisterHealth(app, chosen);
  moyo::cli::RegisterLedger(app, chosen);
  moyo::cli::RegisterAdd(app, chosen);
  moyo::cli::RegisterShards(app, chosen);
  moyo::cli::RegisterExportPlanes(app, chosen);
  moyo::cli::RegisterReset(app, chosen);
  moyo::cli::RegisterSurvey(app, chosen);
  moyo::cli::RegisterToken(app, chosen);
  moyo::AddExamples(
      app, {"moyo run --games ~/sgf --run-dir my-run --max-minutes 60",
            "moyo status --run-dir my-run --watch", "moyo survey ~/sgf", "moyo run --help"});
  if (const auto end = moyo::ParseFlags(app, argc, argv)) return moyo::Print(*end);
  try {
    absl::Status status = chosen();
    status.Update(moyo::FlushOutput());
    return status.ok() ? 0 : Fail(status);
  } catch (const std::exception& error) {  // std::filesystem and std::bad_alloc end here
    return Fail(absl::InternalError(error.what()));
  }
}
