// The gRPC services of proto/moyo/v1. They only translate: one line an RPC, whose request was held
// to its limits first (server/request_limits.h).
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <memory>
#include <vector>

#include "server/coordinator.h"
#include "server/rpc/token_admin.h"

namespace moyo::server {

// All must outlive the services.
struct ServiceParts {
  Coordinator* coordinator = nullptr;
  TokenAdmin* tokens = nullptr;      // null: the token methods are refused
  TokenKeeper* admission = nullptr;  // set: calls that last end with their token
};

// The four services.
std::vector<std::unique_ptr<grpc::Service>> MakeServices(const ServiceParts& parts);

}  // namespace moyo::server
