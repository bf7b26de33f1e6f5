// moyo status: what the whole run is doing, once or again every second.
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cli/commands.h"
#include "cli/render_status.h"
#include "cli/server_connection.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"

namespace moyo::cli {
namespace {

constexpr absl::Duration kWatchPause = absl::Seconds(1);
constexpr char kHomeAndClear[] = "\x1b[H\x1b[J";

struct StatusOptions {
  ServerTarget target;
  bool watch = false;
  bool json = false;
};

std::string Render(const v1::GetStatusResponse& status, const StatusOptions& options,
                   const std::string& address) {
  if (options.json) return DumpJson(StatusJson(status), options.watch ? -1 : 2) + "\n";
  return StatusText(status, {.address = address, .run_dir = options.target.run_dir});
}

absl::Status ShowOnce(const StatusOptions& options) {
  MOYO_ASSIGN_OR_RETURN(const auto server, ServerConnection::Open(options.target));
  MOYO_ASSIGN_OR_RETURN(const v1::GetStatusResponse status, server->GetStatus());
  std::fputs(Render(status, options, server->address()).c_str(), stdout);
  return absl::OkStatus();
}

// Draws until a signal. A lost server's last state stays on the screen while it is looked for
// again, also under a new address in its run directory.
absl::Status Watch(const StatusOptions& options) {
  const bool redraw = !options.json && isatty(STDOUT_FILENO);
  MOYO_ASSIGN_OR_RETURN(
      auto server, ServerConnection::Open(options.target, ServerConnection::Temporary::kRefused));
  std::string last;
  absl::Time seen = absl::Now();
  while (!ShutdownRequested()) {
    const absl::StatusOr<v1::GetStatusResponse> status = server->GetStatus();
    std::string note;
    if (status.ok()) {
      last = Render(*status, options, server->address());
      seen = absl::Now();
    } else {
      note = absl::StrCat("no answer for ", HumanDuration(absl::Now() - seen),
                          ", trying again: ", status.status().message(), "\n");
      auto again = ServerConnection::Open(options.target, ServerConnection::Temporary::kRefused);
      if (again.ok()) server = *std::move(again);
    }
    if (redraw) {
      std::printf("%s%s\n%sCtrl-C ends this view, not the run\n", kHomeAndClear, last.c_str(),
                  note.c_str());
    } else {
      std::fputs(status.ok() ? absl::StrCat(last, options.json ? "" : "\n").c_str() : "", stdout);
      std::fputs(note.c_str(), stderr);
    }
    if (std::fflush(stdout) != 0) break;  // the reader of a pipe left
    WaitForShutdown(kWatchPause);
  }
  return absl::OkStatus();
}

}  // namespace

void RegisterStatus(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<StatusOptions>();
  CLI::App* command =
      app.add_subcommand("status", "Show games, shards, workers, training and memory");
  AddTargetOptions(*command, options->target);
  command->add_flag("--watch", options->watch, "show it again every second until Ctrl-C");
  command->add_flag("--json", options->json, "as JSON (with --watch: one object a line)");
  command->callback([options, &chosen] {
    chosen = [options] { return options->watch ? Watch(*options) : ShowOnce(*options); };
  });
}

}  // namespace moyo::cli
