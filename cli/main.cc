// moyo: the person's command line. Flags -> options -> one action -> exit code.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "common/base/output.h"
#include "common/base/shutdown.h"

namespace {

constexpr char kAbout[] = "Moyo: from Go game records to a trained policy network";
constexpr int kWrongUsage = 2;

// A closed terminal stops a run in order, too; `nohup` leaves the signal ignored.
void StopOnHangup() {
  struct sigaction old = {};
  sigaction(SIGHUP, nullptr, &old);
  if (old.sa_handler == SIG_IGN) return;
  struct sigaction action = {};
  action.sa_handler = [](int) { moyo::RequestShutdown(); };
  sigaction(SIGHUP, &action, nullptr);
}

int Fail(const absl::Status& status, int code) {
  std::fprintf(stderr, "%s\n", moyo::cli::ErrorLine(status).c_str());
  return code;
}

int UsageError(const CLI::App& app, const CLI::ParseError& error) {
  std::string command = "moyo";
  const std::vector<std::string> unknown = app.remaining();
  if (app.get_subcommands().empty() && !unknown.empty()) {
    return Fail(absl::InvalidArgumentError(absl::StrCat(
                    "'", unknown.front(), "' is no command; 'moyo --help' lists them")),
                kWrongUsage);
  }
  for (const CLI::App* sub : app.get_subcommands()) absl::StrAppend(&command, " ", sub->get_name());
  return Fail(absl::InvalidArgumentError(
                  absl::StrCat(error.what(), "; '", command, " --help' lists what it takes")),
              kWrongUsage);
}

}  // namespace

int main(int argc, char** argv) {
  moyo::InstallShutdownHandlers();
  StopOnHangup();
  CLI::App app(kAbout, "moyo");
  app.require_subcommand(1);
  app.set_version_flag("--version", "moyo " MOYO_VERSION);
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
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? app.exit(error) : UsageError(app, error);
  }
  try {
    absl::Status status = chosen();
    status.Update(moyo::FlushOutput());
    return status.ok() ? 0 : Fail(status, moyo::cli::ExitCode(status));
  } catch (const std::exception& error) {  // std::filesystem and std::bad_alloc end here
    return Fail(absl::InternalError(error.what()), 1);
  }
}
