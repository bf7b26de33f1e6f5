#include "server/rpc/token_admin.h"

#include "common/base/status_macros.h"
#include "common/rpc/join_code.h"

namespace moyo::server {

void TokenAdmin::SetTarget(const std::string& address, const std::string& pin) {
  absl::MutexLock lock(&mutex_);
  address_ = address;
  pin_ = pin;
}

absl::StatusOr<std::string> TokenAdmin::MakeJoinCode(store::Role role, const std::string& name,
                                                     absl::Duration lifetime,
                                                     std::string* given_name) {
  rpc::JoinCode code;
  {
    absl::MutexLock lock(&mutex_);
    code.address = address_;
    code.pin = pin_;
  }
  if (code.pin.empty()) {
    return absl::FailedPreconditionError(
        "this run has no certificate or address to put into a join code: start moyo-server with "
        "--listen or --web HOST:PORT off loopback, without --insecure, once");
  }
  MOYO_ASSIGN_OR_RETURN(const NewToken token, keeper_.Add(role, name, lifetime));
  code.token = token.secret;
  *given_name = token.name;
  return rpc::EncodeJoinCode(code);
}

absl::Status TokenAdmin::AddToken(const v1::AddTokenRequest& request,
                                  v1::AddTokenResponse& response) {
  if (request.role() == v1::TOKEN_ROLE_UNSPECIFIED || !v1::TokenRole_IsValid(request.role())) {
    return absl::InvalidArgumentError("a token's role is worker, trainer or admin");
  }
  const absl::Duration lifetime = request.lifetime_seconds() == 0
                                      ? absl::InfiniteDuration()
                                      : absl::Seconds(request.lifetime_seconds());
  std::string name;
  MOYO_ASSIGN_OR_RETURN(
      const std::string code,
      MakeJoinCode(static_cast<store::Role>(request.role()), request.name(), lifetime, &name));
  response.set_name(name);
  response.set_join_code(code);
  return absl::OkStatus();
}

absl::Status TokenAdmin::ListTokens(const v1::ListTokensRequest&,
                                    v1::ListTokensResponse& response) {
  for (const store::Token& token : keeper_.List()) {
    v1::TokenInfo& info = *response.add_tokens();
    info.set_name(token.name);
    info.set_role(static_cast<v1::TokenRole>(token.role));
    info.set_created_unix_seconds(token.created);
    info.set_expires_unix_seconds(token.expires);
    info.set_revoked_unix_seconds(token.revoked);
    info.set_last_used_unix_seconds(token.last_used);
    info.set_state(token.revoked != 0         ? v1::TOKEN_STATE_REVOKED
                   : keeper_.IsExpired(token) ? v1::TOKEN_STATE_EXPIRED
                                              : v1::TOKEN_STATE_VALID);
  }
  return absl::OkStatus();
}

absl::Status TokenAdmin::RevokeToken(const v1::RevokeTokenRequest& request,
                                     v1::RevokeTokenResponse&) {
  return keeper_.Revoke(request.name());
}

}  // namespace moyo::server
