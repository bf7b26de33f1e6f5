#include "cli/shard_download.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "common/base/files.h"
#include "tests/cli/fake_server.h"
#include "tests/support/temp_folder.h"

namespace moyo::cli {
namespace {

class ShardDownloadTest : public testing::Test {
 protected:
  absl::StatusOr<DownloadResult> Download() {
    ServerConnection server(fake_.address());
    ProgressBar progress(out_, ProgressBar::Kind::kPlain);
    return DownloadShards(server, folder_.Path("shards"), progress);
  }
  ~ShardDownloadTest() override { std::fclose(out_); }

  std::FILE* out_ = std::tmpfile();
  FakeServer fake_;
  test::TempFolder folder_;
};

TEST_F(ShardDownloadTest, WritesEveryShardAndTheManifest) {
  fake_.shards.AddShard(3, 2);
  fake_.shards.AddShard(12, 5);
  fake_.shards.manifest.mutable_shards(1)->add_left_out_rows(4);
  const auto result = Download();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->downloaded, 2u);
  EXPECT_EQ(result->games, 6u);
  EXPECT_EQ(*ReadFile(folder_.Path("shards/unit-00000012.npz")), fake_.shards.files[12]);
  const auto manifest = nlohmann::json::parse(*ReadFile(folder_.Path("shards/manifest.json")));
  EXPECT_EQ(manifest["shards"][0]["file"], "unit-00000003.npz");
  EXPECT_EQ(manifest["shards"][1]["left_out_rows"], nlohmann::json::array({4}));
}

TEST_F(ShardDownloadTest, RightFilesAreKeptAndWrongOnesFetchedAgain) {
  fake_.shards.AddShard(1, 2);
  fake_.shards.AddShard(2, 2);
  ASSERT_TRUE(Download().ok());
  folder_.Write("shards/unit-00000002.npz", "cut");
  fake_.shards.downloads = 0;
  const auto result = Download();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->kept, 1u);
  EXPECT_EQ(fake_.shards.downloads, 1);
  EXPECT_EQ(*ReadFile(folder_.Path("shards/unit-00000002.npz")), fake_.shards.files[2]);
}

TEST_F(ShardDownloadTest, DownloadThatBreaksGoesOnWhereItWas) {
  fake_.shards.AddShard(1, 50);
  ASSERT_GT(fake_.shards.files[1].size(), 800u);
  fake_.shards.cut_downloads = 3;
  const auto result = Download();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(fake_.shards.downloads, 4);
  EXPECT_EQ(*ReadFile(folder_.Path("shards/unit-00000001.npz")), fake_.shards.files[1]);
}

TEST_F(ShardDownloadTest, CorruptedAnswerIsRefusedAndNotKept) {
  fake_.shards.AddShard(1, 2);
  fake_.shards.files[1][60] ^= 1;
  const auto result = Download();
  EXPECT_TRUE(absl::IsDataLoss(result.status())) << result.status();
  EXPECT_FALSE(std::filesystem::exists(folder_.Path("shards/unit-00000001.npz")));
  EXPECT_FALSE(std::filesystem::exists(folder_.Path("shards/manifest.json")));
}

TEST_F(ShardDownloadTest, ValidShardWithAnotherDigestIsRefused) {
  fake_.shards.AddShard(1, 2);
  fake_.shards.AddShard(2, 2);
  fake_.shards.files[1] = fake_.shards.files[2];
  fake_.shards.manifest.mutable_shards(0)->set_length_bytes(fake_.shards.files[1].size());
  const auto result = Download();
  EXPECT_TRUE(absl::IsDataLoss(result.status()));
  EXPECT_NE(result.status().message().find("digest"), std::string::npos) << result.status();
}

TEST_F(ShardDownloadTest, MoreBytesThanAnnouncedAreRefused) {
  fake_.shards.AddShard(1, 2);
  fake_.shards.files[1] += std::string(1000, 'x');
  EXPECT_TRUE(absl::IsDataLoss(Download().status()));
}

TEST_F(ShardDownloadTest, ServerThatIsGoneIsNamed) {
  ServerConnection server(std::string{"127.0.0.1:1"});
  ProgressBar progress(out_, ProgressBar::Kind::kPlain);
  const auto result = DownloadShards(server, folder_.Path("shards"), progress);
  EXPECT_NE(result.status().message().find("127.0.0.1:1"), std::string::npos) << result.status();
}

TEST(ServerConnectionTest, LiveServerAnswersItsStatus) {
  FakeServer fake;
  fake.admin.status.mutable_ledger()->set_found(5);
  const auto server = ServerConnection::Open({.flags = {.server = fake.address()}});
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ((*server)->GetStatus()->ledger().found(), 5u);
}

TEST(ServerConnectionTest, RunFolderLeadsToItsLiveServer) {
  FakeServer fake;
  const test::TempFolder folder;
  folder.Write("version", "moyo-run 1\n");
  folder.Write("server/address", fake.address() + "\n");
  const auto server =
      ServerConnection::Open({.run_dir = folder.path()}, ServerConnection::Temporary::kRefused);
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ((*server)->address(), fake.address());
}

// The status is the administrator's alone: a worker's code asks for health, a trainer's for shards.
TEST(ServerConnectionTest, RoleThatSeesNoStatusMayAskForTheRest) {
  FakeServer fake;
  fake.admin.status_refusal = {grpc::StatusCode::PERMISSION_DENIED, "GetStatus needs admin"};
  fake.shards.AddShard(1, 2);
  const auto server = ServerConnection::Open({.flags = {.server = fake.address()}});
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_TRUE((*server)->CheckHealth().ok());
  EXPECT_TRUE(GetManifest(**server).ok());
  EXPECT_TRUE(absl::IsPermissionDenied((*server)->GetStatus().status()));
}

TEST(ServerConnectionTest, JoinCodeIsWhatATlsServerAsksFor) {
  EXPECT_EQ(ServerConnection(rpc::ServerAccess("192.0.2.7:5")).join_by(), JoinBy::kAddress);
  EXPECT_EQ(ServerConnection(rpc::ServerAccess("192.0.2.7:5", std::string(32, 'p'))).join_by(),
            JoinBy::kCode);
}

TEST(ServerConnectionTest, WithoutAServerAWatchIsRefused) {
  const test::TempFolder folder;
  folder.Write("version", "moyo-run 1\n");
  const absl::Status status =
      ServerConnection::Open({.run_dir = folder.path()}, ServerConnection::Temporary::kRefused)
          .status();
  EXPECT_TRUE(absl::IsUnavailable(status));
  // `moyo health` says it, too, and knows no --watch.
  EXPECT_EQ(status.message().find("--watch"), std::string::npos) << status;
}

}  // namespace
}  // namespace moyo::cli
