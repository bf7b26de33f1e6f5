#include "cli/token_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace moyo::cli {
namespace {

using testing::HasSubstr;

v1::ListTokensResponse Sample() {
  v1::ListTokensResponse tokens;
  v1::TokenInfo& token = *tokens.add_tokens();
  token.set_name("laptop");
  token.set_role(v1::TOKEN_ROLE_WORKER);
  token.set_state(v1::TOKEN_STATE_REVOKED);
  token.set_created_unix_seconds(1'700'000'000);
  token.set_revoked_unix_seconds(1'700'000'060);
  return tokens;
}

TEST(TokenFormat, RolesHaveNamesBothWays) {
  for (const std::string name : {"worker", "trainer", "admin"}) {
    EXPECT_EQ(TokenRoleName(*TokenRoleFromName(name)), name);
  }
  EXPECT_TRUE(absl::IsInvalidArgument(TokenRoleFromName("king").status()));
}

TEST(TokenFormat, TableHasALineAToken) {
  const std::string table = TokenTable(Sample());
  EXPECT_THAT(table, HasSubstr("laptop"));
  EXPECT_THAT(table, HasSubstr("revoked"));
  EXPECT_THAT(table, HasSubstr("2023-11-14 22:13"));
  EXPECT_THAT(table, HasSubstr("never"));
  EXPECT_EQ(TokenTable({}), "no token\n");
}

TEST(TokenFormat, JsonHasNullForNever) {
  const auto json = TokensJson(Sample());
  ASSERT_EQ(json.size(), 1u);
  EXPECT_EQ(json[0]["name"], "laptop");
  EXPECT_EQ(json[0]["state"], "revoked");
  EXPECT_EQ(json[0]["revoked"], 1'700'000'060);
  EXPECT_TRUE(json[0]["expires"].is_null());
}

TEST(TokenFormat, NewTokenIsShownAsACommand) {
  v1::AddTokenResponse added;
  added.set_name("worker-1");
  added.set_join_code("CODE");
  EXPECT_THAT(AddedTokenText(added, v1::TOKEN_ROLE_WORKER), HasSubstr("moyo-worker --join CODE\n"));
  EXPECT_THAT(AddedTokenText(added, v1::TOKEN_ROLE_TRAINER), HasSubstr("moyo-trainer"));
  EXPECT_THAT(AddedTokenText(added, v1::TOKEN_ROLE_ADMIN), HasSubstr("moyo status --join CODE"));
}

}  // namespace
}  // namespace moyo::cli
