// Shards whose streams break midway, over a real connection: up and down go on where they were.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/base/digest.h"
#include "common/rpc/channel.h"
#include "common/rpc/protocol.h"
#include "moyo/v1/shard.grpc.pb.h"
#include "server/coordinator.h"
#include "server/rpc/listener.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace moyo::server {
namespace {

constexpr size_t kShardBytes = 5'000'000;
constexpr absl::Duration kPatience = absl::Seconds(120);

std::string ShardBytes() {
  std::string bytes;
  for (size_t i = 0; bytes.size() < kShardBytes; ++i) bytes += std::to_string(i);
  return bytes.substr(0, kShardBytes);
}

class BrokenStreamTest : public testing::Test {
 protected:
  BrokenStreamTest() {
    games_.Write("a.sgf", "(;GM[1]SZ[19];B[pd];W[dp])\n");
    store_ = *store::Store::Open(state_.path(), {}, clock_);
    coordinator_ = std::make_unique<Coordinator>(*store_, CoordinatorOptions{}, clock_);
    listener_ = *Listener::Open("127.0.0.1:0", *coordinator_);
    stub_ = v1::ShardService::NewStub(rpc::MakeChannel(listener_->address()));
    absl::Notification done;
    coordinator_->StartCatalogue({games_.path()}, 0, [&](const absl::Status&) { done.Notify(); });
    done.WaitForNotification();
    unit_ = (*store_->LeaseNext("w"))->unit;
    header_.set_unit_id(unit_.id.value);
    header_.set_fencing_token(unit_.token.value);
    header_.set_shard_digest(ToBytes(Sha256Of("shard")));
    header_.set_length_bytes(kShardBytes);
  }
  ~BrokenStreamTest() override { listener_->Stop(absl::ZeroDuration()); }

  // Sends from the header's offset up to `end`; what is missing then breaks the stream.
  grpc::Status Upload(size_t end) {
    grpc::ClientContext context;
    rpc::SetDeadline(context, kPatience);
    v1::UploadShardResponse response;
    const auto writer = stub_->UploadShard(&context, &response);
    v1::UploadShardRequest message;
    *message.mutable_header() = header_;
    writer->Write(message);
    message.clear_header();
    for (size_t at = header_.offset(); at < end; at += message.data().size()) {
      message.set_data(bytes_.substr(at, std::min(rpc::kChunkBytes, end - at)));
      if (!writer->Write(message)) break;
    }
    if (end == kShardBytes) {
      writer->WritesDone();
    } else {
      AwaitReceived(end);
      context.TryCancel();
    }
    return writer->Finish();
  }

  // A cancelled stream forgets what is still on its way.
  void AwaitReceived(size_t end) {
    const absl::Time deadline = absl::Now() + kPatience;
    while (coordinator_->traffic().uploads.bytes < end && absl::Now() < deadline) {
    }
  }

  uint64_t AwaitSuspended() {
    v1::GetUploadRequest request;
    *request.mutable_header() = header_;
    v1::GetUploadResponse response;
    const absl::Time deadline = absl::Now() + kPatience;
    while (response.received_bytes() == 0 && absl::Now() < deadline) {
      grpc::ClientContext context;
      EXPECT_TRUE(stub_->GetUpload(&context, request, &response).ok());
    }
    return response.received_bytes();
  }

  // Reads a part or all of the committed shard.
  std::string Download(uint64_t offset, size_t most) {
    grpc::ClientContext context;
    rpc::SetDeadline(context, kPatience);
    v1::DownloadShardRequest request;
    request.set_unit_id(unit_.id.value);
    request.set_offset(offset);
    const auto reader = stub_->DownloadShard(&context, request);
    std::string bytes;
    v1::DownloadShardResponse message;
    while (bytes.size() < most && reader->Read(&message)) bytes += message.data();
    context.TryCancel();
    reader->Finish();
    return bytes;
  }

  const std::string bytes_ = ShardBytes();
  test::TempFolder games_;
  test::TempFolder state_;
  test::FakeClock clock_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Coordinator> coordinator_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<v1::ShardService::Stub> stub_;
  work::Unit unit_;
  v1::UploadShardHeader header_;
};

TEST_F(BrokenStreamTest, UploadAndDownloadGoOnWhereTheyWere) {
  EXPECT_FALSE(Upload(2'000'000).ok());
  ASSERT_EQ(AwaitSuspended(), 2'000'000u);
  header_.set_offset(2'000'000);
  ASSERT_TRUE(Upload(kShardBytes).ok());
  EXPECT_EQ(coordinator_->traffic().uploads.bytes, kShardBytes);
  store::CommitRequest commit{unit_.id, unit_.token, "w", header_.shard_digest(), {}};
  store::Game game;
  game.game_id = unit_.first_game.value;
  game.state = store::GameState::kAccepted;
  game.game_hash = ToBytes(Hash128Of("game"));
  commit.games = {game};
  ASSERT_TRUE(store_->Commit(commit).ok());
  std::string got = Download(0, 1'000'000);
  ASSERT_LT(got.size(), kShardBytes);
  got += Download(got.size(), kShardBytes);
  EXPECT_TRUE(got == bytes_);
  EXPECT_EQ(Download(kShardBytes + 7, 1), "");
}

TEST_F(BrokenStreamTest, UploadFromAnOffsetThatIsNotHereIsToBeginAnew) {
  header_.set_offset(2'000'000);
  EXPECT_EQ(Upload(kShardBytes).error_code(), grpc::StatusCode::ABORTED);
  header_.set_offset(0);
  EXPECT_TRUE(Upload(kShardBytes).ok());
  header_.set_offset(UINT64_MAX);
  EXPECT_EQ(Upload(kShardBytes).error_code(), grpc::StatusCode::ABORTED);
}

TEST_F(BrokenStreamTest, HeaderOfAnotherRunIsRefused) {
  v1::GetUploadRequest request;
  v1::GetUploadResponse response;
  grpc::ClientContext bad, other;
  EXPECT_EQ(stub_->GetUpload(&bad, request, &response).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  *request.mutable_header() = header_;
  request.mutable_header()->set_run_id("another");
  EXPECT_EQ(stub_->GetUpload(&other, request, &response).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
}

}  // namespace
}  // namespace moyo::server
