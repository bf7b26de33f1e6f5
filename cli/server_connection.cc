#include "cli/server_connection.h"

#include <cstdio>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cli/run_folder.h"
#include "common/base/clock.h"
#include "common/base/command_line.h"
#include "common/base/files.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/rpc/access_flags.h"
#include "common/rpc/channel.h"
#include "common/rpc/join_code.h"

namespace moyo::cli {
namespace {

constexpr absl::Duration kStartTimeout = absl::Minutes(2);  // a large catalogue is opened first
constexpr absl::Duration kStopPatience = absl::Seconds(10);
constexpr absl::Duration kProbeTimeout = absl::Seconds(3);
constexpr absl::Duration kLookAgain = absl::Milliseconds(500);
constexpr char kListening[] = "listening on ";

// The address in the server's "listening on HOST:PORT" line; empty while it is not there.
std::string ListeningAddress(const std::string& log) {
  for (absl::string_view line : absl::StrSplit(log, '\n')) {
    const size_t at = line.find(kListening);
    if (at == absl::string_view::npos || at + sizeof(kListening) > line.size()) continue;
    line.remove_prefix(at + sizeof(kListening) - 1);
    // A line still being written has no newline yet: the address must be the whole of what follows.
    if (line.data() + line.size() == log.data() + log.size()) continue;
    return std::string(absl::StripAsciiWhitespace(line));
  }
  return "";
}

// How the live server of a run directory is reached: as its administrator, or, for those who may
// not read that file, by its address alone.
absl::StatusOr<rpc::ServerAccess> LiveAccess(const std::string& run_dir) {
  const absl::StatusOr<rpc::ServerAccess> admin =
      rpc::ResolveAccess({.join_file = run_dir + "/server/admin.join"});
  if (admin.ok()) return admin;
  MOYO_ASSIGN_OR_RETURN(const std::string text, ReadFile(run_dir + "/server/address", 1024));
  return rpc::ServerAccess(std::string(absl::StripAsciiWhitespace(text)));
}

absl::Status ExplainNoAnswer(const absl::Status& status, const std::string& address,
                             const std::string& what) {
  if (!rpc::IsRetryable(status)) return status;
  return absl::Status(status.code(), absl::StrCat("server ", address, " does not answer (", what,
                                                  "): ", status.message(),
                                                  "; check the address and that moyo-server runs"));
}

}  // namespace

CLI::Option_group* AddTargetOptions(CLI::App& app, ServerTarget& target) {
  CLI::Option_group* group = rpc::AddAccessFlags(app, target.flags);
  group->add_option("--run-dir", target.run_dir, "run directory, with or without a live server")
      ->type_name("DIR");
  return group;
}

absl::StatusOr<StartedServer> StartServer(const ServerStart& start) {
  ChildSpec spec = {.argv = {start.program_folder + "/moyo-server", "--run-dir", start.run_dir,
                             "--listen", start.listen},
                    .log_path = LogPath(start.run_dir, "server")};
  spec.argv.insert(spec.argv.end(), start.arguments.begin(), start.arguments.end());
  StartedServer started;
  MOYO_ASSIGN_OR_RETURN(started.child, Child::Start(spec));
  const absl::Time deadline = Clock::Steady().Now() + kStartTimeout;
  while (Clock::Steady().Now() < deadline) {
    const bool running = started.child->Poll();
    started.address = ListeningAddress(LogTail(spec.log_path, started.child->log_begin()));
    if (running && !started.address.empty()) return started;
    if (!running) {
      const bool in_use = started.child->exit_code() == kRunInUse;
      return absl::Status(
          in_use ? absl::StatusCode::kAborted : absl::StatusCode::kFailedPrecondition,
          absl::StrCat("moyo-server ended with ", started.child->EndText(), ": ",
                       LastLogLine(spec.log_path, started.child->log_begin()),
                       " (log: ", spec.log_path, ")"));
    }
    if (WaitForShutdown(absl::Milliseconds(20))) return absl::CancelledError("stopped by a signal");
  }
  return absl::DeadlineExceededError(absl::StrCat("moyo-server did not listen within ",
                                                  absl::FormatDuration(kStartTimeout), "; see ",
                                                  spec.log_path));
}

ServerConnection::ServerConnection(const rpc::ServerAccess& access) : access_(access) {
  const std::shared_ptr<grpc::Channel> channel = rpc::MakeChannel(access);
  admin_ = v1::AdminService::NewStub(channel);
  shards_ = v1::ShardService::NewStub(channel);
  health_ = grpc::health::v1::Health::NewStub(channel);
}

absl::StatusOr<std::unique_ptr<ServerConnection>> ServerConnection::Open(const ServerTarget& target,
                                                                         Temporary temporary) {
  if (target.run_dir.empty()) {
    MOYO_ASSIGN_OR_RETURN(rpc::ServerAccess access, rpc::ResolveAccess(target.flags));
    MOYO_RETURN_IF_ERROR(
        ExplainNoAnswer(rpc::CheckServer(access, kQueryTimeout), access.address, "looking for it"));
    return std::make_unique<ServerConnection>(access);
  }
  MOYO_RETURN_IF_ERROR(CheckRunFolder(target.run_dir));
  const absl::Time deadline = Clock::Steady().Now() + kStartTimeout;
  bool told = false;
  while (true) {
    MOYO_ASSIGN_OR_RETURN(std::unique_ptr<ServerConnection> live, OpenLive(target.run_dir));
    if (live != nullptr) return live;
    if (temporary == Temporary::kRefused) {
      return absl::UnavailableError(absl::StrCat("no server is running on '", target.run_dir,
                                                 "'; start moyo-server or moyo run there"));
    }
    absl::StatusOr<std::unique_ptr<ServerConnection>> own = OpenTemporary(target.run_dir);
    if (!absl::IsAborted(own.status()) || Clock::Steady().Now() >= deadline) return own;
    if (!std::exchange(told, true)) {
      std::fprintf(stderr, "a server that does not answer has '%s'; waiting for it\n",
                   target.run_dir.c_str());
    }
    if (WaitForShutdown(kLookAgain)) return absl::CancelledError("stopped by a signal");
  }
}

absl::StatusOr<std::unique_ptr<ServerConnection>> ServerConnection::OpenLive(
    const std::string& run_dir) {
  absl::StatusOr<rpc::ServerAccess> access = LiveAccess(run_dir);
  if (!access.ok()) return nullptr;
  const absl::Status found = rpc::CheckServer(*access, kProbeTimeout);
  // With the administrator's code, it is another server on the port of one that was killed.
  if (absl::IsFailedPrecondition(found) && access->token.empty()) return found;
  auto server = std::make_unique<ServerConnection>(*access);
  if (!found.ok() || !server->GetStatus(kProbeTimeout).ok()) return nullptr;
  return server;
}

absl::StatusOr<std::unique_ptr<ServerConnection>> ServerConnection::OpenTemporary(
    const std::string& run_dir) {
  MOYO_ASSIGN_OR_RETURN(StartedServer started, StartServer({.program_folder = ProgramFolder(),
                                                            .run_dir = run_dir,
                                                            .listen = "127.0.0.1:0"}));
  auto server = std::make_unique<ServerConnection>(
      LiveAccess(run_dir).value_or(rpc::ServerAccess(started.address)));
  server->temporary_ = std::move(started.child);
  MOYO_RETURN_IF_ERROR(server->GetStatus().status());
  return server;
}

ServerConnection::~ServerConnection() {
  admin_.reset();  // an open connection would make the server wait for it
  shards_.reset();
  health_.reset();
  if (temporary_ != nullptr) temporary_->Stop(kStopPatience);
}

absl::StatusOr<v1::GetStatusResponse> ServerConnection::GetStatus(absl::Duration timeout) {
  grpc::ClientContext context;
  rpc::SetDeadline(context, timeout);
  v1::GetStatusResponse response;
  const absl::Status status =
      rpc::FromGrpc(admin_->GetStatus(&context, v1::GetStatusRequest(), &response));
  if (!status.ok()) return Explain(status, "the status");
  return response;
}

absl::Status ServerConnection::CheckHealth(absl::Duration timeout) {
  grpc::ClientContext context;
  rpc::SetDeadline(context, timeout);
  grpc::health::v1::HealthCheckResponse response;
  const absl::Status status =
      rpc::FromGrpc(health_->Check(&context, grpc::health::v1::HealthCheckRequest(), &response));
  if (!status.ok()) return Explain(status, "the health check");
  if (response.status() == grpc::health::v1::HealthCheckResponse::SERVING) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("server ", access_.address, " says ",
                   grpc::health::v1::HealthCheckResponse::ServingStatus_Name(response.status()),
                   "; see its log"));
}

void ServerConnection::AddToken(grpc::ClientContext& context) const {
  if (!access_.pin.empty() || access_.token.empty()) return;
  context.AddMetadata(rpc::kAuthorizationKey, rpc::BearerOf(access_.token));
}

absl::Status ServerConnection::Explain(const absl::Status& status, const std::string& what) const {
  if (status.ok() || rpc::IsRetryable(status)) {
    return ExplainNoAnswer(status, access_.address, what);
  }
  return absl::Status(status.code(),
                      absl::StrCat("server ", access_.address, ": ", status.message()));
}

}  // namespace moyo::cli
