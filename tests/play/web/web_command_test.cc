#include "play/web/web_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/str_cat.h"
#include "common/base/shutdown.h"
#include "tests/play/fake_evaluator.h"

namespace moyo::play {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(WebCommand, TakenAddressIsUnavailable) {
  auto taken = web::HttpServer::Open({.address = "127.0.0.1:0"});
  ASSERT_TRUE(taken.ok()) << taken.status();
  FakeEvaluator network;
  std::ostringstream out;
  const absl::Status status =
      RunWeb({.listen = absl::StrCat("127.0.0.1:", (*taken)->port())}, network, out, out);
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("another --listen address"));
  EXPECT_EQ(out.str(), "");
}

TEST(WebCommand, WhatIsNoAddressIsSaidSo) {
  FakeEvaluator network;
  std::ostringstream out;
  EXPECT_TRUE(absl::IsInvalidArgument(RunWeb({.listen = "here"}, network, out, out)));
}

// Last: a shutdown cannot be taken back.
TEST(WebCommand, ShutdownEndsItAndTheAddressWasPrinted) {
  FakeEvaluator network;
  RequestShutdown();
  std::ostringstream out;
  EXPECT_TRUE(RunWeb({.listen = "127.0.0.1:0"}, network, out, out).ok());
  EXPECT_THAT(out.str(), StartsWith("Open http://127.0.0.1:"));
  std::ostringstream beyond;
  EXPECT_TRUE(RunWeb({.listen = "0.0.0.0:0"}, network, beyond, beyond).ok());
  EXPECT_THAT(beyond.str(),
              AllOf(StartsWith("Open https://"), HasSubstr("/?token="), HasSubstr("SHA-256")));
  std::ostringstream insecure;
  EXPECT_TRUE(RunWeb({.listen = "0.0.0.0:0", .encryption = web::Encryption::kWaived}, network,
                     insecure, insecure)
                  .ok());
  EXPECT_THAT(insecure.str(), StartsWith("Open http://"));
}

}  // namespace
}  // namespace moyo::play
