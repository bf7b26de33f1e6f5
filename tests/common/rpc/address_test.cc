#include "common/rpc/address.h"

#include <gtest/gtest.h>

namespace moyo::rpc {
namespace {

TEST(Address, SplitsAtTheLastColon) {
  const auto v4 = SplitAddress("10.0.0.1:50051");
  ASSERT_TRUE(v4.ok());
  EXPECT_EQ(v4->host, "10.0.0.1");
  EXPECT_EQ(v4->port, "50051");
  const auto v6 = SplitAddress("[fd00::2]:1");
  ASSERT_TRUE(v6.ok());
  EXPECT_EQ(v6->host, "fd00::2");
  EXPECT_EQ(JoinAddress(v6->host, v6->port), "[fd00::2]:1");
  EXPECT_EQ(JoinAddress("host", "2"), "host:2");
}

TEST(Address, WhatIsNoAddressIsRefused) {
  for (const char* text : {"", ":", "host", "host:", ":1", "host:65536", "host:-1", "host:+1",
                           "host:1x", "fd00::2:1", "ho st:1", "host\n:1", "h/x:1", "[]:1"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(SplitAddress(text).status())) << text;
  }
  EXPECT_FALSE(SplitAddress(std::string(400, 'h') + ":1").ok());
}

TEST(Address, OnlyThisMachineIsLoopback) {
  for (const char* text : {"127.0.0.1:1", "127.9.9.9:0", "localhost:5", "[::1]:5"}) {
    EXPECT_TRUE(IsLoopback(text)) << text;
  }
  for (const char* text : {"0.0.0.0:1", "10.0.0.1:1", "[::]:1", "127.example.org:1",
                           "localhost.example.org:1", "127.0.0.1.example.org:1", "[fd00::2]:1"}) {
    EXPECT_FALSE(IsLoopback(text)) << text;
  }
}

TEST(Address, WildcardStandsForEveryAddress) {
  EXPECT_TRUE(IsWildcard("0.0.0.0"));
  EXPECT_TRUE(IsWildcard("::"));
  EXPECT_FALSE(IsWildcard("10.0.0.1"));
  EXPECT_FALSE(IsWildcard("host"));
  for (const std::string& own : OwnAddresses()) {
    EXPECT_FALSE(IsLoopback(JoinAddress(own, "1"))) << own;
  }
}

}  // namespace
}  // namespace moyo::rpc
