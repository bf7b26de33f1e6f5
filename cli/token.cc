// moyo token: who may join a server off loopback.
#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/server_connection.h"
#include "cli/token_format.h"
#include "common/base/command_line.h"
#include "common/base/status_macros.h"
#include "common/rpc/channel.h"
#include "common/status/status_json.h"

namespace moyo::cli {
namespace {

constexpr uint64_t kSecondsADay = 24 * 3600;
constexpr double kMaxDays = 36'500;

struct TokenOptions {
  ServerTarget target;
  std::string role;
  std::string name;
  double expires_days = 0;
  bool code_only = false;
  bool json = false;
};

// One call of AdminService with its deadline and token.
template <typename Request, typename Response>
absl::Status Ask(ServerConnection& server,
                 grpc::Status (v1::AdminService::Stub::*method)(grpc::ClientContext*,
                                                                const Request&, Response*),
                 const Request& request, Response& response, const char* what) {
  grpc::ClientContext context;
  rpc::SetDeadline(context, kQueryTimeout);
  server.AddToken(context);
  const absl::Status status = rpc::FromGrpc((server.admin().*method)(&context, request, &response));
  return server.Explain(status, what);
}

absl::Status Add(const TokenOptions& options) {
  v1::AddTokenRequest request;
  MOYO_ASSIGN_OR_RETURN(const v1::TokenRole role, TokenRoleFromName(options.role));
  request.set_role(role);
  request.set_name(options.name);
  request.set_lifetime_seconds(static_cast<uint64_t>(options.expires_days * kSecondsADay));
  if (options.expires_days > 0 && request.lifetime_seconds() == 0) request.set_lifetime_seconds(1);
  MOYO_ASSIGN_OR_RETURN(const auto server, ServerConnection::Open(options.target));
  v1::AddTokenResponse added;
  MOYO_RETURN_IF_ERROR(
      Ask(*server, &v1::AdminService::Stub::AddToken, request, added, "adding a token"));
  if (options.code_only) {
    std::printf("%s\n", added.join_code().c_str());
  } else {
    std::fputs(AddedTokenText(added, role).c_str(), stdout);
  }
  return absl::OkStatus();
}

absl::Status List(const TokenOptions& options) {
  MOYO_ASSIGN_OR_RETURN(const auto server, ServerConnection::Open(options.target));
  v1::ListTokensResponse tokens;
  MOYO_RETURN_IF_ERROR(Ask(*server, &v1::AdminService::Stub::ListTokens, v1::ListTokensRequest(),
                           tokens, "listing tokens"));
  const std::string text =
      options.json ? DumpJson(TokensJson(tokens), 2) + "\n" : TokenTable(tokens);
  std::fputs(text.c_str(), stdout);
  return absl::OkStatus();
}

absl::Status Revoke(const TokenOptions& options) {
  MOYO_ASSIGN_OR_RETURN(const auto server, ServerConnection::Open(options.target));
  v1::RevokeTokenRequest request;
  request.set_name(options.name);
  v1::RevokeTokenResponse revoked;
  MOYO_RETURN_IF_ERROR(
      Ask(*server, &v1::AdminService::Stub::RevokeToken, request, revoked, "revoking a token"));
  std::printf("token '%s' is revoked; what ran under it was ended\n", options.name.c_str());
  return absl::OkStatus();
}

void RegisterAddToken(CLI::App& token, Action& chosen) {
  auto options = std::make_shared<TokenOptions>();
  CLI::App* add = token.add_subcommand("add", "Make a token and print it as a join code");
  AddTargetOptions(*add, options->target);
  add->add_option("--role", options->role, "what it lets its holder do; admin: everything")
      ->check(CLI::IsMember({"worker", "trainer", "admin"}))
      ->required();
  add->add_option("--name", options->name, "name for list and revoke; without it one is made up")
      ->type_name("NAME");
  add->add_option("--expires", options->expires_days,
                  "days until it ends; without it, it never does")
      ->type_name("DAYS")
      ->check(PositiveReal())
      ->check(CLI::Range(0.0, kMaxDays));
  add->add_flag("--code-only", options->code_only, "print the code alone, for a file");
  AddExamples(*add, {"moyo token add --role worker --run-dir my-run",
                     "moyo token add --role admin --name phone --expires 30 --run-dir my-run",
                     "moyo token add --role trainer --run-dir my-run --code-only > code"});
  add->callback([options, &chosen] { chosen = [options] { return Add(*options); }; });
}

}  // namespace

void RegisterToken(CLI::App& app, Action& chosen) {
  CLI::App* token = app.add_subcommand("token", "Make, list and revoke the tokens of a server");
  token->require_subcommand(1);
  AddExamples(*token, {"moyo token add --role worker --run-dir my-run",
                       "moyo token list --run-dir my-run"});
  RegisterAddToken(*token, chosen);
  auto options = std::make_shared<TokenOptions>();
  CLI::App* list = token->add_subcommand("list", "Show all tokens");
  AddTargetOptions(*list, options->target);
  list->add_flag("--json", options->json, "as JSON");
  AddExamples(*list, {"moyo token list --run-dir my-run"});
  list->callback([options, &chosen] { chosen = [options] { return List(*options); }; });
  auto revoked = std::make_shared<TokenOptions>();
  CLI::App* revoke = token->add_subcommand("revoke", "End a token and what runs under it, at once");
  AddTargetOptions(*revoke, revoked->target);
  revoke->add_option("NAME", revoked->name, "the token's name")->required();
  AddExamples(*revoke, {"moyo token revoke laptop --run-dir my-run"});
  revoke->callback([revoked, &chosen] { chosen = [revoked] { return Revoke(*revoked); }; });
}

}  // namespace moyo::cli
