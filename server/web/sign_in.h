// Who may see the training page's data: whoever may call AdminService.GetStatus, by the same
// tokens.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/rpc/token_keeper.h"

namespace moyo::server {

// Whether `token`, as base64url text, may see the status now. Errors as TokenKeeper::Check.
absl::Status CheckViewer(TokenKeeper& keeper, const std::string& token);

// What a person typed: an administrator's join code, or the token alone. Gives the token as text,
// for the cookie. INVALID_ARGUMENT: neither. Else as CheckViewer.
absl::StatusOr<std::string> TokenOfPerson(TokenKeeper& keeper, const std::string& typed);

}  // namespace moyo::server
