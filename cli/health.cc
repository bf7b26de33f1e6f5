// moyo health: does the server answer and say that it serves? For container health checks, and for
// whoever wants to know whether a machine reaches it: a join code of any role will do.
#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/server_connection.h"
#include "common/base/command_line.h"
#include "common/base/status_macros.h"

namespace moyo::cli {
namespace {

absl::Status ShowHealth(const ServerTarget& target) {
  MOYO_ASSIGN_OR_RETURN(const auto server,
                        ServerConnection::Open(target, ServerConnection::Temporary::kRefused));
  MOYO_RETURN_IF_ERROR(server->CheckHealth());
  std::puts("serving");
  return absl::OkStatus();
}

}  // namespace

void RegisterHealth(CLI::App& app, Action& chosen) {
  auto target = std::make_shared<ServerTarget>();
  CLI::App* command = app.add_subcommand(
      "health", "Exit with 0 when the server says that it serves (grpc.health.v1), else with 1");
  AddTargetOptions(*command, *target);
  AddExamples(*command, {"moyo health --server 127.0.0.1:50051", "moyo health --join-file code"});
  command->callback([target, &chosen] { chosen = [target] { return ShowHealth(*target); }; });
}

}  // namespace moyo::cli
