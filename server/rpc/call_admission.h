// Where gRPC meets the TokenKeeper: every call is judged before its first message is read, and
// those that last are ended with their token.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/security/auth_metadata_processor.h>

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/rpc/token_keeper.h"

namespace moyo::server {

// For the credentials of a port. The keeper must outlive the server.
std::shared_ptr<grpc::AuthMetadataProcessor> MakeAdmission(TokenKeeper& keeper);

// As TokenKeeper::Check, for a handler that judges by itself.
absl::Status CheckCall(TokenKeeper& keeper, std::string_view method,
                       const grpc::ServerContext& context);

// Holds a call of `method` that may last; the client gets UNAUTHENTICATED at once when its token is
// revoked or expires meanwhile. Judges the token again, so it also admits on a port that judged
// nothing. Destroy it before the handler returns.
absl::StatusOr<std::unique_ptr<TokenKeeper::RunningCall>> HoldCall(TokenKeeper& keeper,
                                                                   std::string_view method,
                                                                   grpc::ServerContext& context);

}  // namespace moyo::server
