// gRPC channels, deadlines, and the one place where absl::Status and grpc::Status meet.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace moyo::rpc {

inline constexpr int kMaxMessageBytes = 64 * 1024 * 1024;

absl::Status FromGrpc(const grpc::Status& status);
grpc::Status ToGrpc(const absl::Status& status);

// Message size limits, keepalive and reconnection, as every channel has them.
grpc::ChannelArguments DefaultArguments();

// Plain text (server_access.h has TLS). Does not wait for the connection.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address);

// True for what a later try may mend: UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED.
bool IsRetryable(const absl::Status& status);

// Exponential backoff with jitter: 100 ms, doubling, at most 10 s.
class Backoff {
 public:
  absl::Duration Next();
  void Reset() { tries_ = 0; }

 private:
  int tries_ = 0;
};

// Told why each failed try failed, before the wait for the next one.
using OnWait = std::function<void(const absl::Status&)>;

// Calls until the status is OK or not retryable, waiting between tries; stops with CANCELLED on
// shutdown (common/base/shutdown.h) and with the last error after `give_up` (infinite: never).
absl::Status Retry(absl::Duration give_up, const std::function<absl::Status()>& call,
                   const OnWait& on_wait = nullptr);

// Sets the deadline of one call.
void SetDeadline(grpc::ClientContext& context, absl::Duration timeout);

}  // namespace moyo::rpc
