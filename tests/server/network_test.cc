// How the server lets others in, by the files it leaves and the codes it makes.
#include "server/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "common/base/files.h"
#include "common/rpc/certificate.h"
#include "common/rpc/channel.h"
#include "common/rpc/join_code.h"
#include "moyo/v1/admin.grpc.pb.h"
#include "server/tls_folder.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace moyo::server {
namespace {

class NetworkTest : public testing::Test {
 protected:
  NetworkTest() {
    options_.run_dir = folder_.path();
    options_.listen = "127.0.0.1:0";
  }

  void Open() {
    auto opened = Network::Open(options_, coordinator_, *store_, clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    network_ = *std::move(opened);
  }

  // As 'moyo token add --role admin --run-dir DIR' asks for it.
  absl::StatusOr<rpc::JoinCode> AddAdmin() {
    const absl::StatusOr<std::string> file = ReadFile(server_ + "/admin.join");
    if (!file.ok()) return file.status();
    const absl::StatusOr<rpc::JoinCode> own = rpc::DecodeJoinCode(*file);
    if (!own.ok()) return own.status();
    address_ = own->address;
    const auto stub = v1::AdminService::NewStub(rpc::MakeChannel(address_));
    grpc::ClientContext context;
    rpc::SetDeadline(context, absl::Seconds(60));
    context.AddMetadata(rpc::kAuthorizationKey, rpc::BearerOf(own->token));
    v1::AddTokenRequest request;
    request.set_role(v1::TOKEN_ROLE_ADMIN);
    v1::AddTokenResponse response;
    const absl::Status added = rpc::FromGrpc(stub->AddToken(&context, request, &response));
    if (!added.ok()) return added;
    return rpc::DecodeJoinCode(response.join_code());
  }

  test::TempFolder folder_;
  test::FakeClock clock_;
  const std::string server_ = folder_.path() + "/server";
  std::unique_ptr<store::Store> store_ = *store::Store::Open(server_, {}, clock_);
  Coordinator coordinator_{*store_, {}, clock_};
  ServerOptions options_;
  std::unique_ptr<Network> network_;
  std::string address_;  // where it listens, after AddAdmin
};

TEST_F(NetworkTest, WithoutACertificateThereAreNoCodes) {
  Open();
  const absl::Status status = AddAdmin().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("--web"));
}

// From its first start on: who comes to the page must be able to sign in.
TEST_F(NetworkTest, PageOffLoopbackOfAServerOnLoopbackHasCodesToSignInWith) {
  options_.web = "0.0.0.0:0";
  Open();
  const absl::StatusOr<rpc::JoinCode> code = AddAdmin();
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_EQ(code->address, address_);
  const absl::StatusOr<rpc::Identity> identity = ReadIdentity(server_ + "/tls");
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(code->pin, *rpc::PinOf(identity->certificate_pem));
}

TEST_F(NetworkTest, CodesKeepTheAddressThatWasAdvertisedLast) {
  ASSERT_TRUE(store_->SetMeta("advertise", "192.0.2.7:50051").ok());
  options_.web = "0.0.0.0:0";
  Open();
  const absl::StatusOr<rpc::JoinCode> code = AddAdmin();
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_EQ(code->address, "192.0.2.7:50051");
}

}  // namespace
}  // namespace moyo::server
