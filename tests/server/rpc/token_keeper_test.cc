#include "server/rpc/token_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "common/base/files.h"
#include "common/rpc/join_code.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace moyo::server {
namespace {

using store::Role;
using testing::HasSubstr;

constexpr char kLease[] = "/moyo.v1.WorkService/LeaseUnit";
constexpr char kStatus[] = "/moyo.v1.AdminService/GetStatus";
constexpr char kHealth[] = "/grpc.health.v1.Health/Check";

class TokenKeeperTest : public testing::Test {
 protected:
  TokenKeeperTest() { Restart(); }

  void Restart() {
    keeper_ = nullptr;
    store_ = nullptr;
    store_ = *store::Store::Open(folder_.path(), {}, clock_);
    keeper_ = *TokenKeeper::Load(*store_, clock_);
  }

  std::string Add(Role role, const std::string& name,
                  absl::Duration lifetime = absl::InfiniteDuration()) {
    const auto added = keeper_->Add(role, name, lifetime);
    EXPECT_TRUE(added.ok()) << added.status();
    return rpc::BearerOf(added->secret);
  }

  void ExpectRefused(const std::string& method, const std::string& bearer, absl::StatusCode code,
                     const std::string& why) {
    const absl::Status status = keeper_->Check(method, bearer);
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_THAT(status.message(), HasSubstr(why));
    EXPECT_THAT(status.message(), HasSubstr("moyo token add --role"));
  }

  test::TempFolder folder_;
  test::FakeClock clock_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<TokenKeeper> keeper_;
};

TEST_F(TokenKeeperTest, TokenOpensWhatItsRoleMay) {
  const std::string worker = Add(Role::kWorker, "w"), admin = Add(Role::kAdmin, "a");
  EXPECT_TRUE(keeper_->Check(kLease, worker).ok());
  EXPECT_TRUE(keeper_->Check(kLease, admin).ok());
  EXPECT_TRUE(keeper_->Check(kStatus, admin).ok());
  ExpectRefused(kStatus, worker, absl::StatusCode::kPermissionDenied, "role worker");
}

TEST_F(TokenKeeperTest, MissingAndUnknownTokensAreRefused) {
  Add(Role::kWorker, "w");
  ExpectRefused(kLease, "", absl::StatusCode::kUnauthenticated, "none was sent");
  ExpectRefused(kLease, "Bearer x", absl::StatusCode::kUnauthenticated, "does not know");
  ExpectRefused(kLease, rpc::BearerOf(*rpc::NewToken()), absl::StatusCode::kUnauthenticated,
                "does not know");
  ExpectRefused("/moyo.v1.WorkService/NoSuch", Add(Role::kAdmin, "a"),
                absl::StatusCode::kPermissionDenied, "NoSuch");
  EXPECT_TRUE(keeper_->Check(kHealth, "").ok());
}

TEST_F(TokenKeeperTest, ExpiryIsTheServersClocks) {
  const std::string bearer = Add(Role::kWorker, "short", absl::Hours(24));
  clock_.Advance(absl::Hours(24) - absl::Seconds(1));
  EXPECT_TRUE(keeper_->Check(kLease, bearer).ok());
  clock_.Advance(absl::Seconds(1));
  ExpectRefused(kLease, bearer, absl::StatusCode::kUnauthenticated, "expired on 2023-11-15");
  EXPECT_TRUE(
      absl::IsInvalidArgument(keeper_->Add(Role::kWorker, "never", absl::ZeroDuration()).status()));
}

TEST_F(TokenKeeperTest, RevokedTokenIsRefusedAndStaysSo) {
  const std::string bearer = Add(Role::kWorker, "w"), other = Add(Role::kWorker, "other");
  ASSERT_TRUE(keeper_->Revoke("w").ok());
  ExpectRefused(kLease, bearer, absl::StatusCode::kUnauthenticated, "'w' was revoked");
  EXPECT_TRUE(keeper_->Check(kLease, other).ok());
  EXPECT_TRUE(keeper_->Revoke("w").ok());
  EXPECT_TRUE(absl::IsNotFound(keeper_->Revoke("nobody")));
  Restart();
  ExpectRefused(kLease, bearer, absl::StatusCode::kUnauthenticated, "'w' was revoked");
  EXPECT_TRUE(keeper_->Check(kLease, other).ok());
  EXPECT_TRUE(
      absl::IsAlreadyExists(keeper_->Add(Role::kWorker, "w", absl::InfiniteDuration()).status()));
}

TEST_F(TokenKeeperTest, RevocationEndsTheRunningCallsOfThatTokenAlone) {
  const std::string bearer = Add(Role::kWorker, "w"), other = Add(Role::kWorker, "other");
  std::vector<std::string> ended;
  const auto end = [&](const std::string& name) {
    return [&, name](const absl::Status& why) {
      EXPECT_TRUE(absl::IsUnauthenticated(why)) << why;
      ended.push_back(name);
    };
  };
  auto gone = *keeper_->Enter(kLease, bearer, end("gone"));
  const auto stays = *keeper_->Enter(kLease, bearer, end("stays"));
  const auto others = *keeper_->Enter(kLease, other, end("others"));
  gone = nullptr;
  ASSERT_TRUE(keeper_->Revoke("w").ok());
  ASSERT_TRUE(keeper_->Revoke("w").ok());
  EXPECT_EQ(ended, std::vector<std::string>{"stays"});
  EXPECT_TRUE(absl::IsUnauthenticated(keeper_->Enter(kLease, bearer, end("late")).status()));
}

TEST_F(TokenKeeperTest, ExpiryEndsRunningCallsAtTheNextTick) {
  const std::string bearer = Add(Role::kWorker, "w", absl::Minutes(1));
  int ended = 0;
  const auto call = *keeper_->Enter(kLease, bearer, [&](const absl::Status&) { ++ended; });
  ASSERT_TRUE(keeper_->Tick().ok());
  EXPECT_EQ(ended, 0);
  clock_.Advance(absl::Minutes(1));
  ASSERT_TRUE(keeper_->Tick().ok());
  ASSERT_TRUE(keeper_->Tick().ok());
  EXPECT_EQ(ended, 1);
}

TEST_F(TokenKeeperTest, SecretsAreNotStored) {
  const auto added = keeper_->Add(Role::kWorker, "w", absl::InfiniteDuration());
  ASSERT_TRUE(added.ok());
  for (const char* file : {"/moyo.db", "/moyo.db-wal"}) {
    const auto bytes = ReadFile(folder_.path() + file);
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    EXPECT_EQ(bytes->find(added->secret), std::string::npos) << file;
    EXPECT_EQ(bytes->find(rpc::BearerOf(added->secret).substr(7)), std::string::npos) << file;
  }
  EXPECT_EQ(keeper_->List()[0].hash.size(), 32u);
}

TEST_F(TokenKeeperTest, LastUseOutlivesTheServer) {
  const std::string bearer = Add(Role::kWorker, "w");
  EXPECT_EQ(keeper_->List()[0].last_used, 0u);
  clock_.Advance(absl::Seconds(7));
  EXPECT_TRUE(keeper_->Check(kLease, bearer).ok());
  ASSERT_TRUE(keeper_->Flush().ok());
  Restart();
  EXPECT_EQ(keeper_->List()[0].last_used, keeper_->List()[0].created + 7);
}

TEST_F(TokenKeeperTest, LocalAdminEndsWithTheServerAndCannotBeRevoked) {
  const std::string bearer = rpc::BearerOf(*keeper_->MakeLocalAdmin());
  EXPECT_TRUE(keeper_->Check(kStatus, bearer).ok());
  EXPECT_TRUE(keeper_->List().empty());
  Restart();
  ExpectRefused(kStatus, bearer, absl::StatusCode::kUnauthenticated, "does not know");
  // Without one, nothing that hashes to "no hash" gets in.
  ExpectRefused(kStatus, "Bearer ", absl::StatusCode::kUnauthenticated, "does not know");
}

TEST_F(TokenKeeperTest, NamesArePlainAndMadeUpWhenMissing) {
  for (const std::string name : {"a b", "a\n", "ü", "a/b", "(this machine)"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(
        keeper_->Add(Role::kWorker, name, absl::InfiniteDuration()).status()))
        << name;
  }
  EXPECT_FALSE(keeper_->Add(Role::kWorker, std::string(65, 'a'), absl::InfiniteDuration()).ok());
  EXPECT_EQ(keeper_->Add(Role::kTrainer, "", absl::InfiniteDuration())->name, "trainer-1");
  EXPECT_EQ(keeper_->Add(Role::kTrainer, "", absl::InfiniteDuration())->name, "trainer-2");
}

TEST_F(TokenKeeperTest, FullTableForgetsRevokedOnesFirst) {
  const auto database = *store::Database::Open(folder_.path() + "/moyo.db");
  auto transaction = *store::Transaction::Begin(*database);
  for (size_t i = 0; i < kMaxTokens; ++i) {
    store::Token token;
    token.name = "t" + std::to_string(i);
    token.hash = std::string(24, 'h') + std::to_string(10'000'000 + i);
    token.revoked = i == 500 ? 7 : i == 600 ? 6 : 0;
    ASSERT_TRUE(store::TokenTable(*database).Insert(token).ok());
  }
  ASSERT_TRUE(transaction.Commit().ok());
  keeper_ = *TokenKeeper::Load(*store_, clock_);
  const auto names = [&] {
    std::set<std::string> names;
    for (const auto& token : keeper_->List()) names.insert(token.name);
    return names;
  };
  Add(Role::kWorker, "one");
  EXPECT_FALSE(names().contains("t600"));
  Add(Role::kWorker, "two");
  EXPECT_FALSE(names().contains("t500"));
  EXPECT_TRUE(absl::IsResourceExhausted(
      keeper_->Add(Role::kWorker, "three", absl::InfiniteDuration()).status()));
  EXPECT_EQ(names().size(), kMaxTokens);
}

}  // namespace
}  // namespace moyo::server
