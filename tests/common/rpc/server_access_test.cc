// Which server a program believes in. Servers over TLS are tested in tests/server/rpc.
#include "common/rpc/server_access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "common/rpc/certificate.h"
#include "common/rpc/join_code.h"
#include "moyo/v1/admin.grpc.pb.h"
#include "tests/support/temp_folder.h"

namespace moyo::rpc {
namespace {

using testing::HasSubstr;

const std::string kCode =
    EncodeJoinCode({"192.0.2.7:5", std::string(kPinBytes, 'p'), std::string(kTokenBytes, 't')});

class EnvironmentTest : public testing::Test {
 protected:
  ~EnvironmentTest() override { unsetenv(kJoinVariable); }
};

TEST_F(EnvironmentTest, CodeComesFromFlagFileOrEnvironment) {
  const test::TempFolder folder;
  const std::string file = folder.Write("code", kCode + "\n");
  setenv(kJoinVariable, kCode.c_str(), 1);
  for (const AccessFlags& flags :
       {AccessFlags{.join = kCode}, AccessFlags{.join_file = file}, AccessFlags{}}) {
    const auto access = ResolveAccess(flags);
    ASSERT_TRUE(access.ok()) << access.status();
    EXPECT_EQ(access->address, "192.0.2.7:5");
    EXPECT_EQ(access->pin, std::string(kPinBytes, 'p'));
    EXPECT_EQ(access->token, std::string(kTokenBytes, 't'));
  }
}

TEST_F(EnvironmentTest, FlagWinsOverEnvironment) {
  setenv(kJoinVariable, kCode.c_str(), 1);
  const auto access = ResolveAccess({.server = "127.0.0.1:9"});
  ASSERT_TRUE(access.ok());
  EXPECT_EQ(access->address, "127.0.0.1:9");
  EXPECT_EQ(access->token, "");
}

TEST_F(EnvironmentTest, BadCodeSaysWhereItStood) {
  const test::TempFolder folder;
  const std::string file = folder.Write("code", kCode.substr(0, 50));
  EXPECT_THAT(ResolveAccess({.join_file = file}).status().message(),
              testing::AllOf(HasSubstr(file), HasSubstr("cut off")));
  EXPECT_TRUE(absl::IsNotFound(ResolveAccess({.join_file = folder.path() + "/no"}).status()));
  setenv(kJoinVariable, "x", 1);
  EXPECT_THAT(ResolveAccess({}).status().message(), HasSubstr(kJoinVariable));
  unsetenv(kJoinVariable);
  EXPECT_TRUE(absl::IsInvalidArgument(ResolveAccess({}).status()));
}

class PlainServerTest : public testing::Test {
 protected:
  PlainServerTest() {
    signal(SIGPIPE, SIG_IGN);
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }

  v1::AdminService::Service service_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

TEST_F(PlainServerTest, PlainClientFindsIt) {
  ServerAccess access(address_);
  EXPECT_TRUE(CheckServer(access, absl::Seconds(10)).ok());
}

TEST_F(PlainServerTest, ClientWithAPinSendsNothing) {
  ServerAccess access(address_, std::string(kPinBytes, 'p'), std::string(kTokenBytes, 't'));
  const absl::Status status = CheckServer(access, absl::Seconds(10));
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("does not speak TLS"));
}

TEST(ServerAccessTest, NobodyThereMayChange) {
  ServerAccess access("127.0.0.1:1");
  EXPECT_TRUE(absl::IsUnavailable(CheckServer(access, absl::Seconds(5))));
  ServerAccess nameless("no-such-host.invalid:1");
  EXPECT_TRUE(absl::IsUnavailable(CheckServer(nameless, absl::Seconds(5))));
}

}  // namespace
}  // namespace moyo::rpc
