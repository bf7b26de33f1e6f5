#include "server/store/token_table.h"

#include <gtest/gtest.h>

#include "server/store/schema.h"

namespace moyo::store {
namespace {

class TokenTableTest : public testing::Test {
 protected:
  TokenTableTest() { EXPECT_TRUE(Migrate(*database_).ok()); }

  static Token Named(const std::string& name) {
    Token token;
    token.name = name;
    token.role = Role::kTrainer;
    token.hash = std::string(31, '\0') + name.substr(0, 1);
    token.created = 5;
    token.expires = 9;
    return token;
  }

  std::unique_ptr<Database> database_ = *Database::Open(":memory:");
  TokenTable table_{*database_};
};

TEST_F(TokenTableTest, WhatIsInsertedIsLoadedByName) {
  ASSERT_TRUE(table_.Insert(Named("b")).ok());
  ASSERT_TRUE(table_.Insert(Named("a")).ok());
  ASSERT_TRUE(table_.SetRevoked("a", 7).ok());
  ASSERT_TRUE(table_.SetLastUsed("b", 6).ok());
  const auto tokens = table_.Load();
  ASSERT_TRUE(tokens.ok());
  ASSERT_EQ(tokens->size(), 2u);
  const Token &a = (*tokens)[0], &b = (*tokens)[1];
  EXPECT_EQ(a.name, "a");
  EXPECT_EQ(a.revoked, 7u);
  EXPECT_EQ(a.last_used, 0u);
  EXPECT_EQ(b.role, Role::kTrainer);
  EXPECT_EQ(b.hash, Named("b").hash);
  EXPECT_EQ(b.created, 5u);
  EXPECT_EQ(b.expires, 9u);
  EXPECT_EQ(b.revoked, 0u);
  EXPECT_EQ(b.last_used, 6u);
}

TEST_F(TokenTableTest, NameAndHashAreTakenOnce) {
  ASSERT_TRUE(table_.Insert(Named("a")).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(table_.Insert(Named("a"))));
  Token other = Named("a");
  other.name = "other";
  EXPECT_FALSE(table_.Insert(other).ok());
  ASSERT_TRUE(table_.Delete("a").ok());
  EXPECT_TRUE(table_.Insert(other).ok());
}

}  // namespace
}  // namespace moyo::store
