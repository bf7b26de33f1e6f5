// The server that a query asks: one named by address, or the one of a run directory, live or
// started for the length of the query.
//
//   MOYO_ASSIGN_OR_RETURN(auto server, ServerConnection::Open({.run_dir = "run"}));
//   MOYO_ASSIGN_OR_RETURN(auto status, server->GetStatus());
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/advice.h"
#include "cli/process.h"
#include "common/rpc/server_access.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "moyo/v1/admin.grpc.pb.h"
#include "moyo/v1/shard.grpc.pb.h"

namespace moyo::cli {

inline constexpr absl::Duration kQueryTimeout = absl::Seconds(10);

// Exactly one of the flags is set, or none with a join code in MOYO_JOIN.
struct ServerTarget {
  std::string run_dir = {};
  rpc::AccessFlags flags = {};
};

// Adds --server, --join, --join-file and --run-dir, of which one must be given. Others may be
// added to the group that is returned.
CLI::Option_group* AddTargetOptions(CLI::App& app, ServerTarget& target);

struct ServerStart {
  std::string program_folder;
  std::string run_dir;
  std::string listen;                       // HOST:PORT; port 0 picks one
  std::vector<std::string> arguments = {};  // after those
};
struct StartedServer {
  std::unique_ptr<Child> child;
  std::string address;
};
// Starts moyo-server and waits until it listens. FAILED_PRECONDITION carries its last line, and so
// does ABORTED: another server has the run directory.
absl::StatusOr<StartedServer> StartServer(const ServerStart& start);

// Thread-safe but for Open and the destructor.
class ServerConnection {
 public:
  enum class Temporary { kAllowed, kRefused };
  // With a run directory it waits, as long as a start may take, for a server there that does not
  // answer yet or is about to end; that one's status was asked for. Else it looks who listens, and
  // asks for nothing: what may be asked depends on the join code's role. UNAVAILABLE: no answer, or
  // no server where a temporary one is refused. NOT_FOUND, FAILED_PRECONDITION: as CheckRunFolder,
  // StartServer and rpc::CheckServer.
  static absl::StatusOr<std::unique_ptr<ServerConnection>> Open(
      const ServerTarget& target, Temporary temporary = Temporary::kAllowed);
  // Of a server that is known to listen (and checked, if it has a pin); nothing is sent.
  explicit ServerConnection(const rpc::ServerAccess& access);
  // Stops a temporary server in order.
  ~ServerConnection();

  absl::StatusOr<v1::GetStatusResponse> GetStatus(absl::Duration timeout = kQueryTimeout);
  // As gRPC's health check has it. FAILED_PRECONDITION: it answers, but does not serve.
  absl::Status CheckHealth(absl::Duration timeout = kQueryTimeout);
  v1::AdminService::Stub& admin() { return *admin_; }
  v1::ShardService::Stub& shards() { return *shards_; }
  const std::string& address() const { return access_.address; }
  JoinBy join_by() const {
    if (is_temporary()) return JoinBy::kServerFirst;
    return access_.pin.empty() ? JoinBy::kAddress : JoinBy::kCode;
  }
  // Started for this query; the destructor stops it.
  bool is_temporary() const { return temporary_ != nullptr; }
  // For the token methods, which ask for a token in plain text, too, where a channel sends none.
  void AddToken(grpc::ClientContext& context) const;
  // Says who did not answer what.
  absl::Status Explain(const absl::Status& status, const std::string& what) const;

 private:
  // Null when none answers.
  static absl::StatusOr<std::unique_ptr<ServerConnection>> OpenLive(const std::string& run_dir);
  static absl::StatusOr<std::unique_ptr<ServerConnection>> OpenTemporary(
      const std::string& run_dir);

  rpc::ServerAccess access_;
  std::unique_ptr<v1::AdminService::Stub> admin_;
  std::unique_ptr<v1::ShardService::Stub> shards_;
  std::unique_ptr<grpc::health::v1::Health::Stub> health_;
  std::unique_ptr<Child> temporary_;
};

}  // namespace moyo::cli
