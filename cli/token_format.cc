#include "cli/token_format.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/text.h"

namespace moyo::cli {
namespace {

std::string When(uint64_t unix_seconds) {
  if (unix_seconds == 0) return "never";
  return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixSeconds(unix_seconds),
                          absl::UTCTimeZone());
}

nlohmann::ordered_json WhenJson(uint64_t unix_seconds) {
  return unix_seconds == 0 ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(unix_seconds);
}

std::string StateName(v1::TokenState state) {
  switch (state) {
    case v1::TOKEN_STATE_VALID:
      return "valid";
    case v1::TOKEN_STATE_EXPIRED:
      return "expired";
    case v1::TOKEN_STATE_REVOKED:
      return "revoked";
    default:
      return "unknown";
  }
}

}  // namespace

absl::StatusOr<v1::TokenRole> TokenRoleFromName(const std::string& name) {
  for (const v1::TokenRole role :
       {v1::TOKEN_ROLE_WORKER, v1::TOKEN_ROLE_TRAINER, v1::TOKEN_ROLE_ADMIN}) {
    if (TokenRoleName(role) == name) return role;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", name, "' is no role; there are worker, trainer and admin"));
}

std::string TokenRoleName(v1::TokenRole role) {
  switch (role) {
    case v1::TOKEN_ROLE_WORKER:
      return "worker";
    case v1::TOKEN_ROLE_TRAINER:
      return "trainer";
    case v1::TOKEN_ROLE_ADMIN:
      return "admin";
    default:
      return "unknown";
  }
}

std::string TokenTable(const v1::ListTokensResponse& tokens) {
  if (tokens.tokens().empty()) return "no token\n";
  constexpr char kRow[] = "%-24s %-8s %-8s %-17s %-17s %-17s\n";
  std::string text =
      absl::StrFormat(kRow, "name", "role", "state", "created (UTC)", "expires", "last used");
  for (const v1::TokenInfo& token : tokens.tokens()) {
    absl::StrAppend(
        &text,
        absl::StrFormat(kRow, Visible(token.name()), TokenRoleName(token.role()),
                        StateName(token.state()), When(token.created_unix_seconds()),
                        When(token.expires_unix_seconds()), When(token.last_used_unix_seconds())));
  }
  return text;
}

nlohmann::ordered_json TokensJson(const v1::ListTokensResponse& tokens) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const v1::TokenInfo& token : tokens.tokens()) {
    list.push_back({{"name", token.name()},
                    {"role", TokenRoleName(token.role())},
                    {"state", StateName(token.state())},
                    {"created", WhenJson(token.created_unix_seconds())},
                    {"expires", WhenJson(token.expires_unix_seconds())},
                    {"revoked", WhenJson(token.revoked_unix_seconds())},
                    {"last_used", WhenJson(token.last_used_unix_seconds())}});
  }
  return list;
}

std::string AddedTokenText(const v1::AddTokenResponse& added, v1::TokenRole role) {
  const std::string command = role == v1::TOKEN_ROLE_WORKER    ? "moyo-worker"
                              : role == v1::TOKEN_ROLE_TRAINER ? "moyo-trainer --run-dir DIR"
                                                               : "moyo status";
  const std::string name = Visible(added.name());
  return absl::StrCat(command, " --join ", Visible(added.join_code()), "\n",
                      "(a secret, shown this once; token '", name, "'; 'moyo token revoke ", name,
                      " --run-dir RUN_DIR' on the server's machine ends it)\n");
}

}  // namespace moyo::cli
