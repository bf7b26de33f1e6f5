#include "common/rpc/channel.h"

#include <algorithm>
#include <chrono>
#include <random>

#include "common/base/clock.h"
#include "common/base/shutdown.h"

namespace moyo::rpc {
namespace {

constexpr absl::Duration kFirstWait = absl::Milliseconds(100);
constexpr absl::Duration kLongestWait = absl::Seconds(10);
constexpr int kKeepaliveMs = 30'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
constexpr int kFirstReconnectMs = 100;
constexpr int kConnectTimeoutMs = 10'000;
constexpr int kLongestReconnectMs = 5'000;

}  // namespace

// The codes of the two libraries are the same numbers by their documentation.
absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()));
}

grpc::ChannelArguments DefaultArguments() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetMaxSendMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  // How long one attempt may take, whatever the name says: a busy or distant server needs its time.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeoutMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMs);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return arguments;
}

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address) {
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), DefaultArguments());
}

bool IsRetryable(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsAborted(status);
}

absl::Duration Backoff::Next() {
  thread_local std::minstd_rand random{std::random_device{}()};
  const absl::Duration wait = std::min(kLongestWait, kFirstWait * (1 << std::min(tries_++, 10)));
  return wait * std::uniform_real_distribution<double>(0.5, 1.0)(random);
}

absl::Status Retry(absl::Duration give_up, const std::function<absl::Status()>& call,
                   const OnWait& on_wait) {
  const absl::Time deadline = Clock::Steady().Now() + give_up;
  Backoff backoff;
  for (;;) {
    if (ShutdownRequested()) return absl::CancelledError("shutting down");
    const absl::Status status = call();
    if (!IsRetryable(status)) return status;
    const absl::Duration wait = backoff.Next();
    if (Clock::Steady().Now() + wait > deadline) return status;
    if (on_wait) on_wait(status);
    WaitForShutdown(wait);
  }
}

void SetDeadline(grpc::ClientContext& context, absl::Duration timeout) {
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMicroseconds(timeout));
}

}  // namespace moyo::rpc
