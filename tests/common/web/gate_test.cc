#include "common/web/gate.h"

#include <gtest/gtest.h>

namespace moyo::web {
namespace {

constexpr char kToken[] = "c2VjcmV0LXNlY3JldC1zZWNyZXQ";

TEST(Gate, LoopbackEntersUnderLoopbackNames) {
  const Gate gate(Gate::Reach::kLoopback, "", 8080);
  for (const char* host :
       {"localhost", "localhost:8080", "127.0.0.1:8080", "127.3.2.1", "[::1]:8080", "[::1]"}) {
    EXPECT_EQ(gate.Judge({.host = host}), Verdict::kEnter) << host;
  }
}

TEST(Gate, AnotherNameForLoopbackIsStrange) {
  const Gate gate(Gate::Reach::kLoopback, "", 8080);
  for (const char* host :
       {"", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "192.0.2.1",
        "localhost:8080, evil.example", "[::2]:8080"}) {
    EXPECT_EQ(gate.Judge({.host = host}), Verdict::kStrangeHost) << host;
  }
}

TEST(Gate, TokenEntersAsBearerOrCookie) {
  const Gate gate(Gate::Reach::kToken, kToken, 8080);
  const std::string cookie = std::string("moyo_token_8080=") + kToken;
  EXPECT_EQ(gate.Judge({.authorization = std::string("Bearer ") + kToken}), Verdict::kEnter);
  EXPECT_EQ(gate.Judge({.authorization = std::string("bearer ") + kToken}), Verdict::kEnter);
  EXPECT_EQ(gate.Judge({.cookie = cookie}), Verdict::kEnter);
  EXPECT_EQ(gate.Judge({.cookie = "a=b; " + cookie + "; c"}), Verdict::kEnter);
}

TEST(Gate, TokenOfTheQueryIsToBeKept) {
  const Gate gate(Gate::Reach::kToken, kToken, 8080);
  EXPECT_EQ(gate.Judge({.token = kToken}), Verdict::kKeepToken);
  EXPECT_EQ(gate.Cookie(),
            std::string("moyo_token_8080=") + kToken + "; Path=/; HttpOnly; Secure; SameSite=Lax");
}

TEST(Gate, WrongTokenStaysOut) {
  const Gate gate(Gate::Reach::kToken, kToken, 8080);
  const std::string wrong = std::string(kToken).substr(1) + "x";
  EXPECT_EQ(gate.Judge({}), Verdict::kNoToken);
  EXPECT_EQ(gate.Judge({.token = wrong}), Verdict::kNoToken);
  EXPECT_EQ(gate.Judge({.authorization = "Bearer " + wrong}), Verdict::kNoToken);
  EXPECT_EQ(gate.Judge({.authorization = kToken}), Verdict::kNoToken);
  EXPECT_EQ(gate.Judge({.cookie = "moyo_token_8081=" + std::string(kToken)}), Verdict::kNoToken);
  EXPECT_EQ(gate.Judge({.cookie = "moyo_token_8080="}), Verdict::kNoToken);
}

TEST(Gate, WithoutATokenNothingIsOne) {
  const Gate gate(Gate::Reach::kToken, "", 8080);
  EXPECT_EQ(gate.Judge({.authorization = "Bearer "}), Verdict::kNoToken);
  EXPECT_EQ(gate.Judge({.token = ""}), Verdict::kNoToken);
}

TEST(Gate, OpenLetsEveryoneIn) {
  EXPECT_EQ(Gate(Gate::Reach::kOpen, "", 80).Judge({.host = "x"}), Verdict::kEnter);
}

}  // namespace
}  // namespace moyo::web
