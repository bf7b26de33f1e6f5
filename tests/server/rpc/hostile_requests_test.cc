// Every method of the API gets random and damaged messages over a real connection. The server goes
// on, answers with errors that it means, and its ledger balances. MOYO_FUZZ_ROUNDS raises the
// number of messages a method.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/synchronization/notification.h"
#include "common/base/digest.h"
#include "common/rpc/channel.h"
#include "common/rpc/join_code.h"
#include "common/rpc/protocol.h"
#include "moyo/v1/admin.grpc.pb.h"
#include "moyo/v1/shard.grpc.pb.h"
#include "moyo/v1/training.grpc.pb.h"
#include "moyo/v1/work.grpc.pb.h"
#include "server/coordinator.h"
#include "server/rpc/listener.h"
#include "tests/server/rpc/random_message.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace moyo::server {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr absl::Duration kTimeout = absl::Seconds(60);
constexpr int kRounds = 120;  // of each method

int Rounds() {
  const char* text = std::getenv("MOYO_FUZZ_ROUNDS");
  int rounds = 0;
  return text != nullptr && absl::SimpleAtoi(text, &rounds) && rounds > 0 ? rounds : kRounds;
}

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

class HostileRequestsTest : public testing::Test {
 protected:
  HostileRequestsTest() {
    for (int i = 0; i < 40; ++i) {
      games_.Write("game" + std::to_string(i) + ".sgf", "(;GM[1]SZ[19];B[pd];W[dp])\n");
    }
    store_ = *store::Store::Open(state_.path(), {}, clock_);
    CoordinatorOptions options;
    options.catalog.games_per_shard = 2;
    coordinator_ = std::make_unique<Coordinator>(*store_, options, clock_);
    keeper_ = *TokenKeeper::Load(*store_, clock_);
    tokens_ = std::make_unique<TokenAdmin>(*keeper_);
    tokens_->SetTarget("192.0.2.7:1", std::string(rpc::kPinBytes, 'p'));
    listener_ = *Listener::Open("127.0.0.1:0", *coordinator_, {.tokens = tokens_.get()});
    bearer_ = rpc::BearerOf(*keeper_->MakeLocalAdmin());
    channel_ = rpc::MakeChannel(listener_->address());
    stub_ = std::make_unique<grpc::GenericStub>(channel_);
    work_ = v1::WorkService::NewStub(channel_);
    absl::Notification done;
    coordinator_->StartCatalogue({games_.path()}, 0, [&](const absl::Status& status) {
      EXPECT_TRUE(status.ok()) << status;
      done.Notify();
    });
    done.WaitForNotification();
    LearnKnownValues();
  }
  ~HostileRequestsTest() override { listener_->Stop(absl::ZeroDuration()); }

  v1::LeaseUnitResponse Lease() {
    v1::LeaseUnitRequest request;
    request.set_worker_id(worker_);
    v1::LeaseUnitResponse response;
    grpc::ClientContext context;
    rpc::SetDeadline(context, kTimeout);
    const grpc::Status status = work_->LeaseUnit(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  // A worker and two leases, so that messages get as far as the store.
  void LearnKnownValues() {
    v1::RegisterWorkerRequest request;
    request.set_name("honest");
    request.set_protocol_version(rpc::kProtocolVersion);
    request.set_parser_version(1);
    v1::RegisterWorkerResponse registered;
    ASSERT_TRUE(coordinator_->RegisterWorker(request, registered).ok());
    worker_ = registered.worker_id();
    known_.texts = {
        worker_, registered.run_id(), "honest", std::string(32, 'd'), std::string(16, 'h'), "a\nb"};
    known_.numbers = {rpc::kProtocolVersion};
    for (int i = 0; i < 2; ++i) {
      const v1::Lease lease = Lease().lease();
      known_.texts.push_back(lease.lease_id());
      for (const uint64_t value : {lease.unit_id(), lease.fencing_token(),
                                   lease.sources(0).first_game(), lease.sources(0).source_id()}) {
        known_.numbers.push_back(value);
      }
    }
  }

  void Next(grpc::CompletionQueue& queue, bool& ok) {
    void* tag = nullptr;
    ASSERT_TRUE(queue.Next(&tag, &ok));
  }

  // Sends the messages as one call of any kind, and reads what comes. On the wire all kinds are the
  // same.
  grpc::Status Call(const std::string& method, const std::vector<std::string>& messages) {
    grpc::ClientContext context;
    rpc::SetDeadline(context, kTimeout);
    context.AddMetadata(rpc::kAuthorizationKey, bearer_);
    grpc::CompletionQueue queue;
    const auto call = stub_->PrepareCall(&context, method, &queue);
    bool ok = false;
    call->StartCall(nullptr);
    Next(queue, ok);
    for (const std::string& message : messages) {
      if (!ok) break;
      call->Write(BufferOf(message), nullptr);
      Next(queue, ok);
    }
    if (ok) {
      call->WritesDone(nullptr);
      Next(queue, ok);
    }
    for (ok = true; ok;) {
      grpc::ByteBuffer response;
      call->Read(&response, nullptr);
      Next(queue, ok);
    }
    grpc::Status status;
    call->Finish(&status, nullptr);
    Next(queue, ok);
    return status;
  }

  // A scan of "/" would be no test of requests: paths stay in a folder of ours.
  bool IsHarmless(const std::string& method, const std::string& bytes) const {
    v1::AddSourcesRequest request;
    if (method != "AddSources" || !request.ParseFromString(bytes)) return true;
    for (const std::string& path : request.paths()) {
      if (!absl::StartsWith(path, games_.path() + "/") || absl::StrContains(path, "..")) {
        return false;
      }
    }
    return true;
  }

  std::vector<std::string> RandomMessages(const MethodDescriptor& method, bool damaged) {
    const Message* prototype =
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(method.input_type());
    std::vector<std::string> messages;
    const size_t count = method.client_streaming() ? 1 + random_() % 4 : 1;
    while (messages.size() < count) {
      const std::unique_ptr<Message> message(prototype->New());
      test::FillAtRandom(*message, known_, random_);
      if (auto* add = dynamic_cast<v1::AddSourcesRequest*>(message.get())) {
        for (std::string& path : *add->mutable_paths()) path = games_.path() + "/" + path;
      }
      std::string bytes = message->SerializeAsString();
      if (damaged) bytes = test::Damage(bytes, random_);
      if (IsHarmless(method.name(), bytes)) messages.push_back(std::move(bytes));
    }
    return messages;
  }

  void ExpectMeantAnswer(const MethodDescriptor& method, const std::vector<std::string>& messages,
                         const grpc::Status& status) {
    // UNKNOWN: an exception left a handler. UNAVAILABLE: the connection was lost.
    const auto code = status.error_code();
    EXPECT_NE(code, grpc::StatusCode::UNKNOWN) << method.full_name();
    EXPECT_NE(code, grpc::StatusCode::UNAVAILABLE) << method.full_name();
    EXPECT_NE(code, grpc::StatusCode::DEADLINE_EXCEEDED) << method.full_name();
    if (code != grpc::StatusCode::INTERNAL) return;
    // gRPC's answer to bytes that are no message.
    const Message* prototype =
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(method.input_type());
    for (const std::string& bytes : messages) {
      if (!std::unique_ptr<Message>(prototype->New())->ParseFromString(bytes)) return;
    }
    ADD_FAILURE() << method.full_name() << ": " << status.error_message();
  }

  std::mt19937_64 random_{20261124};
  test::TempFolder games_;
  test::TempFolder state_;
  test::FakeClock clock_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Coordinator> coordinator_;
  std::unique_ptr<TokenKeeper> keeper_;
  std::unique_ptr<TokenAdmin> tokens_;
  std::unique_ptr<Listener> listener_;
  std::string bearer_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<grpc::GenericStub> stub_;
  std::unique_ptr<v1::WorkService::Stub> work_;
  std::string worker_;
  test::KnownValues known_;
};

std::vector<const MethodDescriptor*> AllMethods() {
  std::vector<const MethodDescriptor*> methods;
  for (const auto* file :
       {v1::GetStatusRequest::descriptor()->file(), v1::GetManifestRequest::descriptor()->file(),
        v1::ReportProgressRequest::descriptor()->file(),
        v1::LeaseUnitRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        methods.push_back(file->service(s)->method(m));
      }
    }
  }
  return methods;
}

std::string PathOf(const MethodDescriptor& method) {
  return "/" + method.service()->full_name() + "/" + method.name();
}

TEST_F(HostileRequestsTest, RandomAndDamagedMessagesNeverTakeTheServerDown) {
  const int rounds = Rounds();
  int errors = 0;
  for (int round = 0; round < rounds; ++round) {
    for (const MethodDescriptor* method : AllMethods()) {
      const auto messages = RandomMessages(*method, round % 3 == 0);
      const grpc::Status status = Call(PathOf(*method), messages);
      ExpectMeantAnswer(*method, messages, status);
      errors += !status.ok();
    }
    ASSERT_TRUE(store_->GetStatus().ledger.Balances());
    ASSERT_FALSE(HasFailure()) << "round " << round;
  }
  EXPECT_GT(errors, rounds);
  // An honest worker goes on as if nothing had been, also when every unit was leased away.
  v1::AddSourcesRequest add;
  add.add_paths(games_.Write("last.sgf", "(;GM[1]SZ[19];B[aa])\n"));
  v1::AddSourcesResponse added;
  ASSERT_TRUE(coordinator_->AddSources(add, added).ok());
  EXPECT_EQ(added.games(), 1u);
  EXPECT_TRUE(Lease().has_lease());
  v1::GetStatusResponse status;
  ASSERT_TRUE(coordinator_->GetStatus({}, status).ok());
  EXPECT_LT(status.ByteSizeLong(), 1u << 20) << "something of any size was kept";
}

TEST_F(HostileRequestsTest, BytesThatAreNoMessageAreRefused) {
  for (const MethodDescriptor* method : AllMethods()) {
    const grpc::Status status = Call(PathOf(*method), {std::string(100, '\xFF')});
    EXPECT_FALSE(status.ok()) << method->full_name();
  }
  EXPECT_EQ(Call("/moyo.v1.WorkService/NoSuch", {""}).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(HostileRequestsTest, MessageOverTheLimitIsRefusedUnread) {
  v1::ReportProgressRequest request;
  request.mutable_progress()->set_error(std::string(rpc::kMaxMessageBytes, 'x'));
  EXPECT_EQ(
      Call("/moyo.v1.TrainingService/ReportProgress", {request.SerializeAsString()}).error_code(),
      grpc::StatusCode::RESOURCE_EXHAUSTED);
}

// What a message may carry beside its fields must not be kept: it has no limit of its own.
TEST_F(HostileRequestsTest, UnknownFieldsAreNotStored) {
  v1::ReportProgressRequest request;
  request.mutable_progress()->set_step(7);
  request.mutable_progress()
      ->GetReflection()
      ->MutableUnknownFields(request.mutable_progress())
      ->AddLengthDelimited(1000, std::string(1 << 20, 'x'));
  ASSERT_TRUE(Call("/moyo.v1.TrainingService/ReportProgress", {request.SerializeAsString()}).ok());
  coordinator_->Stop();
  EXPECT_LT(store_->GetMeta("training")->size(), 100u);
  v1::GetStatusResponse status;
  ASSERT_TRUE(coordinator_->GetStatus({}, status).ok());
  EXPECT_EQ(status.training().step(), 7u);
}

}  // namespace
}  // namespace moyo::server
