#include "common/web/gate.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/rpc/address.h"
#include "common/rpc/join_code.h"

namespace moyo::web {
namespace {

constexpr absl::string_view kBearer = "Bearer ";

// "localhost", "127.0.0.1:8080", "[::1]:8080".
bool IsLoopbackHost(const std::string& host) {
  return rpc::IsLoopback(host) || rpc::IsLoopback(absl::StrCat(host, ":0"));
}

}  // namespace

Gate::Gate(Reach reach, std::string token, int port)
    : reach_(reach), token_(std::move(token)), cookie_name_(absl::StrCat("moyo_token_", port)) {}

Gate::Gate(std::function<bool(const std::string&)> knows, int port)
    : reach_(Reach::kToken),
      cookie_name_(absl::StrCat("moyo_token_", port)),
      knows_(std::move(knows)) {}

Verdict Gate::Judge(const Claims& claims) const {
  if (reach_ == Reach::kLoopback) {
    return IsLoopbackHost(claims.host) ? Verdict::kEnter : Verdict::kStrangeHost;
  }
  if (reach_ == Reach::kOpen) return Verdict::kEnter;
  if (absl::StartsWithIgnoreCase(claims.authorization, kBearer) &&
      IsToken(std::string_view(claims.authorization).substr(kBearer.size()))) {
    return Verdict::kEnter;
  }
  for (absl::string_view cookie : absl::StrSplit(claims.cookie, ';')) {
    const std::pair<std::string, std::string> field =
        absl::StrSplit(absl::StripAsciiWhitespace(cookie), absl::MaxSplits('=', 1));
    if (field.first == cookie_name_ && IsToken(field.second)) return Verdict::kEnter;
  }
  return knows_ == nullptr && IsToken(claims.token) ? Verdict::kKeepToken : Verdict::kNoToken;
}

std::string Gate::Cookie(const std::string& token) const {
  // Lax, not Strict: a person who follows the link from a message arrives by a redirect.
  return absl::StrCat(cookie_name_, "=", token, "; Path=/; HttpOnly; Secure; SameSite=Lax",
                      token.empty() ? "; Max-Age=0" : "");
}

bool Gate::IsToken(std::string_view text) const {
  if (knows_ != nullptr) return !text.empty() && knows_(std::string(text));
  return !token_.empty() && rpc::EqualInConstantTime(text, token_);
}

}  // namespace moyo::web
