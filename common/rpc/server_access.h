// Which server a program dials, how it knows that it is the right one, and what lets it in.
//
//   AccessFlags flags;                              // filled by AddAccessFlags (access_flags.h)
//   MOYO_ASSIGN_OR_RETURN(ServerAccess access, ResolveAccess(flags));
//   MOYO_RETURN_IF_ERROR(AwaitServer(access));      // nothing of ours was sent so far
//   auto channel = MakeChannel(access);
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/channel.h"

namespace moyo::rpc {

// A code in a file or the environment stays unseen; others can read a command line.
inline constexpr char kJoinVariable[] = "MOYO_JOIN";

// At most one is set; none: the environment variable MOYO_JOIN.
struct AccessFlags {
  std::string server = {};     // HOST:PORT, plain text
  std::string join = {};       // join code
  std::string join_file = {};  // path of a file that holds one
};

struct ServerAccess {
  ServerAccess() = default;
  // Without a pin plain text, as on this machine. Implicit: an address alone is such an access.
  ServerAccess(std::string address, std::string pin = "", std::string token = "")
      : address(std::move(address)), pin(std::move(pin)), token(std::move(token)) {}

  std::string address;  // HOST:PORT
  std::string pin;      // empty: plain text
  std::string token;    // empty: none
  // Filled by CheckServer: the certificate that the pin stands for, the only one to be trusted.
  std::string certificate_pem;
};

// INVALID_ARGUMENT: no server named, or a join code that is none. NOT_FOUND, PERMISSION_DENIED: the
// file.
absl::StatusOr<ServerAccess> ResolveAccess(const AccessFlags& flags);

// Looks who listens before anything is sent. UNAVAILABLE: nobody, which may change.
// FAILED_PRECONDITION, not to be retried: another certificate than the pin's, TLS where plain text
// was expected, or the other way round; the message says what to do. SIGPIPE must be ignored, as
// InstallShutdownHandlers does.
absl::Status CheckServer(ServerAccess& access, absl::Duration timeout);

// CheckServer until the server answers. CANCELLED on shutdown. `on_wait` as in Retry.
absl::Status AwaitServer(ServerAccess& access, const OnWait& on_wait = nullptr);

// As MakeChannel(address) (channel.h); after CheckServer, when there is a pin, over TLS that trusts
// the pin's certificate alone, with the token in every call. The token is never sent in plain text.
std::shared_ptr<grpc::Channel> MakeChannel(const ServerAccess& access);

// True for UNAUTHENTICATED and PERMISSION_DENIED: no later try will be let in, but another token
// may.
bool IsAccessRefused(const absl::Status& status);

}  // namespace moyo::rpc
