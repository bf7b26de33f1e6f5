// The gRPC services of proto/moyo/v1. They only translate: one line an RPC.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <memory>
#include <vector>

#include "server/coordinator.h"

namespace moyo::server {

// The four services over one coordinator, which must outlive them.
std::vector<std::unique_ptr<grpc::Service>> MakeServices(Coordinator& coordinator);

}  // namespace moyo::server
