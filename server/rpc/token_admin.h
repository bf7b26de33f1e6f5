// The token methods of AdminService: messages in, messages out. Never sees gRPC.
#pragma once

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "moyo/v1/admin.pb.h"
#include "server/rpc/token_keeper.h"

namespace moyo::server {

// Thread-safe. The keeper must outlive it.
class TokenAdmin {
 public:
  explicit TokenAdmin(TokenKeeper& keeper) : keeper_(keeper) {}
  TokenKeeper& keeper() { return keeper_; }

  // What join codes say from now on: HOST:PORT and the certificate's pin.
  void SetTarget(const std::string& address, const std::string& pin);
  // A new token in a join code. FAILED_PRECONDITION before SetTarget; others as TokenKeeper::Add.
  absl::StatusOr<std::string> MakeJoinCode(store::Role role, const std::string& name,
                                           absl::Duration lifetime, std::string* given_name);

  // Errors as proto/moyo/v1/admin.proto says.
  absl::Status AddToken(const v1::AddTokenRequest& request, v1::AddTokenResponse& response);
  absl::Status ListTokens(const v1::ListTokensRequest& request, v1::ListTokensResponse& response);
  absl::Status RevokeToken(const v1::RevokeTokenRequest& request,
                           v1::RevokeTokenResponse& response);

 private:
  TokenKeeper& keeper_;
  absl::Mutex mutex_;
  std::string address_ ABSL_GUARDED_BY(mutex_);
  std::string pin_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace moyo::server
