#include "server/web/sign_in.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/rpc/join_code.h"

namespace moyo::server {
namespace {

constexpr char kMethod[] = "/moyo.v1.AdminService/GetStatus";

}  // namespace

absl::Status CheckViewer(TokenKeeper& keeper, const std::string& token) {
  // An empty bearer would be none at all, which is another sentence.
  return keeper.Check(kMethod, absl::StrCat("Bearer ", token));
}

absl::StatusOr<std::string> TokenOfPerson(TokenKeeper& keeper, const std::string& typed) {
  std::string token(absl::StripAsciiWhitespace(typed));
  const absl::StatusOr<rpc::JoinCode> code = rpc::DecodeJoinCode(token);
  if (code.ok()) {
    token = absl::WebSafeBase64Escape(code->token);
  } else if (rpc::TokenOfBearer(absl::StrCat("Bearer ", token)).empty()) {
    return absl::InvalidArgumentError("this is neither a join code nor a token");
  }
  MOYO_RETURN_IF_ERROR(CheckViewer(keeper, token));
  return token;
}

}  // namespace moyo::server
