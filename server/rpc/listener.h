// The gRPC server on one address: the services, health and reflection, within bounds, in plain text
// or over TLS with a token in each call.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/certificate.h"
#include "server/coordinator.h"
#include "server/rpc/token_admin.h"

namespace moyo::server {

struct Safety {
  TokenAdmin* tokens = nullptr;                // null: no token methods. Must outlive the listener
  std::optional<rpc::Identity> identity = {};  // set: TLS, and no call without a token of `tokens`
};

class Listener {
 public:
  // `address` is HOST:PORT; port 0 picks one. UNAVAILABLE: the port is taken. The coordinator must
  // outlive the listener.
  static absl::StatusOr<std::unique_ptr<Listener>> Open(const std::string& address,
                                                        Coordinator& coordinator,
                                                        const Safety& safety = {});
  ~Listener();

  // HOST:PORT as it can be dialled.
  const std::string& address() const { return address_; }
  // Refuses new calls, lets the running ones end for so long, then cuts them.
  void Stop(absl::Duration patience);

 private:
  Listener() = default;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace moyo::server
