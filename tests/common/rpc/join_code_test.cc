#include "common/rpc/join_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace moyo::rpc {
namespace {

using testing::HasSubstr;

JoinCode Sample() {
  return {.address = "192.0.2.7:50051",
          .pin = std::string(kPinBytes, 'p'),
          .token = std::string(kTokenBytes, '\0')};
}

std::string WhyRefused(const std::string& text) {
  const auto code = DecodeJoinCode(text);
  EXPECT_TRUE(absl::IsInvalidArgument(code.status())) << text;
  return std::string(code.status().message());
}

TEST(JoinCodeTest, CarriesAddressPinAndToken) {
  for (const std::string address : {"a:1", "ab:1", "abc:1", "[fd00::2]:50051"}) {
    JoinCode code = Sample();
    code.address = address;
    const auto read = DecodeJoinCode(" " + EncodeJoinCode(code) + "\r\n");
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->address, address);
    EXPECT_EQ(read->pin, code.pin);
    EXPECT_EQ(read->token, code.token);
  }
}

TEST(JoinCodeTest, IsOneWordForShellsAndFiles) {
  const std::string word = EncodeJoinCode(Sample());
  EXPECT_EQ(
      word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
      std::string::npos);
  EXPECT_LT(word.size(), 140u);
}

TEST(JoinCodeTest, EveryCutIsNamedAsSuch) {
  const std::string word = EncodeJoinCode(Sample());
  for (size_t length = 1; length < word.size(); ++length) {
    EXPECT_THAT(WhyRefused(word.substr(0, length)), HasSubstr("cut off")) << length;
  }
  EXPECT_THAT(WhyRefused(word.substr(0, 100)), HasSubstr("100 of"));
  EXPECT_THAT(WhyRefused(word + "A"), HasSubstr("1 characters after its end"));
  EXPECT_THAT(WhyRefused(""), HasSubstr("empty"));
  EXPECT_THAT(WhyRefused(std::string(5000, 'A')), HasSubstr("too long"));
}

TEST(JoinCodeTest, EveryMistypedCharacterIsNoticed) {
  const std::string word = EncodeJoinCode(Sample());
  for (size_t i = 0; i < word.size(); ++i) {
    for (const char other : {'A', 'z', '7', '_'}) {
      if (word[i] == other) continue;
      std::string mistyped = word;
      mistyped[i] = other;
      const auto read = DecodeJoinCode(mistyped);
      // The last character may have bits that no byte uses.
      EXPECT_TRUE(!read.ok() || i == word.size() - 1) << mistyped;
    }
  }
  EXPECT_THAT(WhyRefused(word.substr(0, 20) + "!" + word.substr(21)), HasSubstr("characters"));
}

TEST(JoinCodeTest, NewerVersionIsNamed) {
  std::string word = EncodeJoinCode(Sample());
  word[1] = 'g';  // 0x02 in the first byte
  word[0] = 'A';
  EXPECT_THAT(WhyRefused(word), HasSubstr("version 2"));
}

TEST(TokenTest, NewOnesDiffer) {
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i) tokens.insert(*NewToken());
  EXPECT_EQ(tokens.size(), 100u);
  EXPECT_EQ(tokens.begin()->size(), kTokenBytes);
}

TEST(TokenTest, BearerGivesTheTokenBack) {
  const std::string token = *NewToken();
  EXPECT_EQ(TokenOfBearer(BearerOf(token)), token);
  for (const std::string text :
       {"", "Bearer ", "Bearer AAAA", "Basic AAAA", "bearer", "Bearer !"}) {
    EXPECT_EQ(TokenOfBearer(text), "") << text;
  }
  EXPECT_EQ(TokenOfBearer(BearerOf(token) + "AAAA"), "");
  EXPECT_EQ(TokenOfBearer("Bearer " + std::string(1 << 20, 'A')), "");
}

TEST(TokenTest, ComparisonLooksAtEveryByte) {
  const std::string a(32, 'a');
  EXPECT_TRUE(EqualInConstantTime(a, std::string(32, 'a')));
  for (size_t i = 0; i < a.size(); ++i) {
    std::string b = a;
    b[i] = 'b';
    EXPECT_FALSE(EqualInConstantTime(a, b)) << i;
  }
  EXPECT_FALSE(EqualInConstantTime(a, a + "a"));
  EXPECT_FALSE(EqualInConstantTime(a, ""));
}

}  // namespace
}  // namespace moyo::rpc
