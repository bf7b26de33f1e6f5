// Tokens as `moyo token` shows them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "moyo/v1/admin.pb.h"

namespace moyo::cli {

// "worker", "trainer" or "admin". INVALID_ARGUMENT: another word.
absl::StatusOr<v1::TokenRole> TokenRoleFromName(const std::string& name);
std::string TokenRoleName(v1::TokenRole role);

// A line a token, with times in UTC; "no token" for none.
std::string TokenTable(const v1::ListTokensResponse& tokens);
// [{name, role, state, created, expires, revoked, last_used}], times in Unix seconds, null for
// never.
nlohmann::ordered_json TokensJson(const v1::ListTokensResponse& tokens);
// The join code with the command that takes it.
std::string AddedTokenText(const v1::AddTokenResponse& added, v1::TokenRole role);

}  // namespace moyo::cli
