// The whole server in this process over TLS: who gets in, who does not, and what ends when.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/rpc/channel.h"
#include "common/rpc/join_code.h"
#include "common/rpc/protocol.h"
#include "common/rpc/server_access.h"
#include "moyo/v1/admin.grpc.pb.h"
#include "moyo/v1/shard.grpc.pb.h"
#include "moyo/v1/work.grpc.pb.h"
#include "server/coordinator.h"
#include "server/rpc/listener.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace moyo::server {
namespace {

using store::Role;
using testing::HasSubstr;

constexpr absl::Duration kTimeout = absl::Seconds(60);

class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    signal(SIGPIPE, SIG_IGN);
    store_ = *store::Store::Open(state_.path(), {}, clock_);
    coordinator_ = std::make_unique<Coordinator>(*store_, CoordinatorOptions{}, clock_);
    keeper_ = *TokenKeeper::Load(*store_, clock_);
    admin_ = std::make_unique<TokenAdmin>(*keeper_);
    Listen("127.0.0.1:0");
  }
  ~TlsTest() override { listener_->Stop(absl::ZeroDuration()); }

  // By value: it may be the address of the listener that goes.
  void Listen(std::string address) {
    listener_ = nullptr;
    listener_ =
        *Listener::Open(address, *coordinator_, {.tokens = admin_.get(), .identity = identity_});
    admin_->SetTarget(listener_->address(), *rpc::PinOf(identity_.certificate_pem));
  }

  // As a program that was given this token in a join code.
  rpc::ServerAccess AccessWith(const std::string& token) {
    rpc::ServerAccess access(listener_->address(), *rpc::PinOf(identity_.certificate_pem), token);
    const absl::Status status = rpc::CheckServer(access, kTimeout);
    EXPECT_TRUE(status.ok()) << status;
    return access;
  }
  rpc::ServerAccess Joined(Role role, const std::string& name,
                           absl::Duration lifetime = absl::InfiniteDuration()) {
    std::string given;
    const auto word = admin_->MakeJoinCode(role, name, lifetime, &given);
    const auto code = rpc::DecodeJoinCode(*word);
    EXPECT_TRUE(code.ok()) << code.status();
    return AccessWith(code->token);
  }

  static absl::Status Register(const rpc::ServerAccess& access) {
    const auto stub = v1::WorkService::NewStub(rpc::MakeChannel(access));
    grpc::ClientContext context;
    rpc::SetDeadline(context, kTimeout);
    v1::RegisterWorkerRequest request;
    request.set_protocol_version(rpc::kProtocolVersion);
    request.set_parser_version(1);
    v1::RegisterWorkerResponse response;
    return rpc::FromGrpc(stub->RegisterWorker(&context, request, &response));
  }

  static absl::Status GetStatus(const rpc::ServerAccess& access) {
    const auto stub = v1::AdminService::NewStub(rpc::MakeChannel(access));
    grpc::ClientContext context;
    rpc::SetDeadline(context, kTimeout);
    v1::GetStatusResponse response;
    return rpc::FromGrpc(stub->GetStatus(&context, v1::GetStatusRequest(), &response));
  }

  test::TempFolder state_;
  test::FakeClock clock_;
  rpc::Identity identity_ = *rpc::MakeIdentity({});
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Coordinator> coordinator_;
  std::unique_ptr<TokenKeeper> keeper_;
  std::unique_ptr<TokenAdmin> admin_;
  std::unique_ptr<Listener> listener_;
};

TEST_F(TlsTest, JoinCodeLetsAWorkerIn) {
  EXPECT_EQ(Register(Joined(Role::kWorker, "w")), absl::OkStatus());
  EXPECT_EQ(GetStatus(Joined(Role::kAdmin, "a")), absl::OkStatus());
}

TEST_F(TlsTest, OtherRoleMissingAndUnknownTokenAreRefusedWithTheReason) {
  const absl::Status role = GetStatus(Joined(Role::kWorker, "w"));
  EXPECT_TRUE(absl::IsPermissionDenied(role)) << role;
  EXPECT_THAT(role.message(), HasSubstr("moyo token add --role admin"));
  const absl::Status missing = Register(AccessWith(""));
  EXPECT_TRUE(absl::IsUnauthenticated(missing)) << missing;
  EXPECT_THAT(missing.message(), HasSubstr("none was sent"));
  const absl::Status unknown = Register(AccessWith(*rpc::NewToken()));
  EXPECT_TRUE(absl::IsUnauthenticated(unknown)) << unknown;
  EXPECT_THAT(unknown.message(), HasSubstr("does not know"));
}

TEST_F(TlsTest, ExpiredAndRevokedTokensAreRefusedOnAnOpenConnection) {
  const rpc::ServerAccess brief = Joined(Role::kWorker, "brief", absl::Hours(1));
  const rpc::ServerAccess revoked = Joined(Role::kWorker, "revoked");
  EXPECT_EQ(Register(brief), absl::OkStatus());
  EXPECT_EQ(Register(revoked), absl::OkStatus());
  clock_.Advance(absl::Hours(1));
  ASSERT_TRUE(keeper_->Revoke("revoked").ok());
  EXPECT_THAT(Register(brief).message(), HasSubstr("expired"));
  EXPECT_THAT(Register(revoked).message(), HasSubstr("was revoked"));
}

TEST_F(TlsTest, WrongPinIsNoticedBeforeAnythingIsSent) {
  rpc::ServerAccess access(listener_->address(), std::string(rpc::kPinBytes, 'p'), "t");
  const absl::Status status = rpc::CheckServer(access, kTimeout);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("another certificate"));
  EXPECT_EQ(access.certificate_pem, "");
}

TEST_F(TlsTest, PlainClientIsToldToJoin) {
  rpc::ServerAccess access(listener_->address());
  const absl::Status status = rpc::CheckServer(access, kTimeout);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("--join CODE"));
}

// A server that takes the address of the first one over: the channel's only root is the certificate
// that the pin stood for.
TEST_F(TlsTest, ImpostorOnTheSameAddressGetsNoCall) {
  const rpc::ServerAccess access = Joined(Role::kWorker, "w");
  const std::string address = listener_->address();
  identity_ = *rpc::MakeIdentity({});
  Listen(address);
  EXPECT_TRUE(absl::IsUnavailable(Register(access)));
  v1::GetStatusResponse status;
  ASSERT_TRUE(coordinator_->GetStatus({}, status).ok());
  EXPECT_EQ(status.workers_size(), 0);
}

TEST_F(TlsTest, RestartWithTheSameIdentityNeedsNoNewCode) {
  const rpc::ServerAccess access = Joined(Role::kWorker, "w");
  Listen(listener_->address());
  EXPECT_EQ(Register(access), absl::OkStatus());
}

// The client neither sends nor closes: the server's handler waits for it.
TEST_F(TlsTest, RevocationEndsAStreamThatWaits) {
  const auto stub = v1::ShardService::NewStub(rpc::MakeChannel(Joined(Role::kWorker, "w")));
  grpc::ClientContext context;
  rpc::SetDeadline(context, kTimeout);
  v1::UploadShardResponse response;
  const auto writer = stub->UploadShard(&context, &response);
  // The handler is in it when the keeper lists the call.
  while (keeper_->RunningCalls() == 0) std::this_thread::yield();
  ASSERT_TRUE(keeper_->Revoke("w").ok());
  const absl::Status status = rpc::FromGrpc(writer->Finish());
  EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("'w' was revoked"));
  while (keeper_->RunningCalls() != 0) std::this_thread::yield();
}

TEST_F(TlsTest, ExpiryEndsAStreamThatWaits) {
  const auto stub =
      v1::ShardService::NewStub(rpc::MakeChannel(Joined(Role::kWorker, "w", absl::Minutes(5))));
  grpc::ClientContext context;
  rpc::SetDeadline(context, kTimeout);
  v1::UploadShardResponse response;
  const auto writer = stub->UploadShard(&context, &response);
  while (keeper_->RunningCalls() == 0) std::this_thread::yield();
  clock_.Advance(absl::Minutes(5));
  ASSERT_TRUE(keeper_->Tick().ok());
  EXPECT_TRUE(absl::IsUnauthenticated(rpc::FromGrpc(writer->Finish())));
}

TEST_F(TlsTest, TokensAreAddedListedAndRevokedOverTheWire) {
  const auto stub = v1::AdminService::NewStub(rpc::MakeChannel(Joined(Role::kAdmin, "a")));
  v1::AddTokenRequest add;
  add.set_role(v1::TOKEN_ROLE_WORKER);
  add.set_name("laptop");
  add.set_lifetime_seconds(3600);
  v1::AddTokenResponse added;
  {
    grpc::ClientContext context;
    ASSERT_TRUE(stub->AddToken(&context, add, &added).ok());
  }
  const auto code = rpc::DecodeJoinCode(added.join_code());
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_EQ(code->address, listener_->address());
  const rpc::ServerAccess laptop = AccessWith(code->token);
  EXPECT_EQ(Register(laptop), absl::OkStatus());
  {
    grpc::ClientContext context;
    EXPECT_EQ(stub->AddToken(&context, add, &added).error_code(), grpc::StatusCode::ALREADY_EXISTS);
  }
  v1::ListTokensResponse list;
  {
    grpc::ClientContext context;
    ASSERT_TRUE(stub->ListTokens(&context, {}, &list).ok());
  }
  ASSERT_EQ(list.tokens_size(), 2);
  EXPECT_EQ(list.tokens(1).name(), "laptop");
  EXPECT_EQ(list.tokens(1).state(), v1::TOKEN_STATE_VALID);
  EXPECT_EQ(list.tokens(1).expires_unix_seconds(), list.tokens(1).created_unix_seconds() + 3600);
  EXPECT_NE(list.tokens(1).last_used_unix_seconds(), 0u);
  v1::RevokeTokenRequest revoke;
  revoke.set_name("laptop");
  v1::RevokeTokenResponse revoked;
  {
    grpc::ClientContext context;
    ASSERT_TRUE(stub->RevokeToken(&context, revoke, &revoked).ok());
  }
  EXPECT_TRUE(absl::IsUnauthenticated(Register(laptop)));
}

// Whoever reaches a plain port may do everything but make what outlives it.
TEST_F(TlsTest, PlainPortAsksForAnAdminTokenBeforeItMakesOthers) {
  const auto plain = *Listener::Open("127.0.0.1:0", *coordinator_, {.tokens = admin_.get()});
  const auto stub = v1::AdminService::NewStub(rpc::MakeChannel(plain->address()));
  v1::AddTokenRequest add;
  add.set_role(v1::TOKEN_ROLE_ADMIN);
  v1::AddTokenResponse added;
  const auto try_with = [&](const std::string& bearer) {
    grpc::ClientContext context;
    if (!bearer.empty()) context.AddMetadata(rpc::kAuthorizationKey, bearer);
    return stub->AddToken(&context, add, &added).error_code();
  };
  EXPECT_EQ(try_with(""), grpc::StatusCode::UNAUTHENTICATED);
  const auto worker = keeper_->Add(Role::kWorker, "w", absl::InfiniteDuration());
  EXPECT_EQ(try_with(rpc::BearerOf(worker->secret)), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(try_with(rpc::BearerOf(*keeper_->MakeLocalAdmin())), grpc::StatusCode::OK);
  grpc::ClientContext context;
  v1::GetStatusResponse status;
  EXPECT_TRUE(stub->GetStatus(&context, {}, &status).ok());
}

TEST_F(TlsTest, HealthNeedsNoTokenAndReflectionAnAdmins) {
  const auto health = [&](const rpc::ServerAccess& access, const std::string& method) {
    grpc::GenericStub stub(rpc::MakeChannel(access));
    grpc::ClientContext context;
    rpc::SetDeadline(context, kTimeout);
    grpc::CompletionQueue queue;
    const grpc::Slice no_bytes("");
    const grpc::ByteBuffer request(&no_bytes, 1);
    const auto call = stub.PrepareUnaryCall(&context, method, request, &queue);
    call->StartCall();
    grpc::ByteBuffer response;
    grpc::Status status;
    call->Finish(&response, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return status.error_code();
  };
  EXPECT_EQ(health(AccessWith(""), "/grpc.health.v1.Health/Check"), grpc::StatusCode::OK);
  const std::string reflection = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  EXPECT_EQ(health(AccessWith(""), reflection), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(health(Joined(Role::kWorker, "w"), reflection), grpc::StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace moyo::server
