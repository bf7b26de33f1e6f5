// moyo status: what the whole run is doing, once or again every second.
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "absl/time/clock.h"
#include "cli/advice.h"
#include "cli/commands.h"
#include "cli/render_status.h"
#include "cli/server_connection.h"
#include "cli/status_poller.h"
#include "cli/watch.h"
#include "common/base/command_line.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "common/status/status_json.h"

namespace moyo::cli {
namespace {

constexpr absl::Duration kWatchPause = absl::Seconds(1);
constexpr absl::Duration kLookEvery = absl::Milliseconds(50);

struct StatusOptions {
  ServerTarget target;
  bool watch = false;
  bool json = false;
};

std::string Render(const v1::GetStatusResponse& status, const StatusOptions& options,
                   const std::string& address, JoinBy join_by) {
  if (options.json) {
    nlohmann::ordered_json json = StatusJson(status);
    json["advice"] = Advice(status, "", join_by);
    return DumpJson(json, options.watch ? -1 : 2) + "\n";
  }
  return StatusText(status,
                    {.address = address, .run_dir = options.target.run_dir, .join_by = join_by});
}

absl::Status ShowOnce(const StatusOptions& options) {
  MOYO_ASSIGN_OR_RETURN(const auto server, ServerConnection::Open(options.target));
  MOYO_ASSIGN_OR_RETURN(const v1::GetStatusResponse status, server->GetStatus());
  std::fputs(Render(status, options, server->address(), server->join_by()).c_str(), stdout);
  return absl::OkStatus();
}

// Into a pipe or file: one status after the other until a signal, or until the reader leaves.
absl::Status WatchAsLines(const StatusOptions& options) {
  MOYO_ASSIGN_OR_RETURN(const auto poller, StatusPoller::Start(options.target, kWatchPause));
  uint64_t shown = 0;
  do {
    const StatusPoller::Latest latest = poller->latest();
    if (latest.tries == shown) continue;
    shown = latest.tries;
    if (latest.error.empty()) {
      std::fputs(Render(latest.status, options, latest.address, latest.join_by).c_str(), stdout);
      if (!options.json) std::fputs("\n", stdout);
    } else {
      std::fprintf(stderr, "no answer for %s, trying again: %s\n",
                   HumanDuration(absl::Now() - latest.answered).c_str(),
                   Visible(latest.error).c_str());
    }
    if (std::fflush(stdout) != 0) break;
  } while (!WaitForShutdown(kLookEvery));
  return absl::OkStatus();
}

absl::Status Show(const StatusOptions& options) {
  if (!options.watch) return ShowOnce(options);
  const bool on_terminal = !options.json && isatty(STDOUT_FILENO);
  return on_terminal ? WatchOnTerminal(options.target) : WatchAsLines(options);
}

}  // namespace

void RegisterStatus(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<StatusOptions>();
  CLI::App* command =
      app.add_subcommand("status", "Show games, shards, workers, training and memory");
  AddTargetOptions(*command, options->target);
  command->add_flag("--watch", options->watch, "show it again every second until Ctrl-C");
  command->add_flag("--json", options->json, "as JSON; with --watch one object a line");
  AddExamples(*command, {"moyo status --run-dir my-run", "moyo status --run-dir my-run --watch",
                         "moyo status --server 127.0.0.1:50051 --json"});
  command->callback([options, &chosen] { chosen = [options] { return Show(*options); }; });
}

}  // namespace moyo::cli
