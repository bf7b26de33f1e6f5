// What became of a call to the server.
#pragma once

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"
#include "common/rpc/channel.h"

namespace moyo::trainer {

// As rpc::FromGrpc, of a call that this program never cancels: it was a server that is stopping, so
// UNAVAILABLE stands for CANCELLED.
inline absl::Status FromServer(const grpc::Status& status) {
  if (status.error_code() != grpc::StatusCode::CANCELLED) return rpc::FromGrpc(status);
  return absl::UnavailableError("the server ended the call");
}

}  // namespace moyo::trainer
