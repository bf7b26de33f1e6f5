// The gRPC server on one address: the services, health and reflection, within bounds.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/coordinator.h"

namespace moyo::server {

class Listener {
 public:
  // `address` is HOST:PORT; port 0 picks one. UNAVAILABLE: the port is taken. The coordinator must
  // outlive the listener.
  static absl::StatusOr<std::unique_ptr<Listener>> Open(const std::string& address,
                                                        Coordinator& coordinator);
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
