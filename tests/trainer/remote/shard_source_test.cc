#include "trainer/remote/shard_source.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cli/fake_server.h"
#include "tests/support/temp_folder.h"

namespace moyo::trainer {
namespace {

class ShardSourceTest : public testing::Test {
 protected:
  // As a trainer that starts anew; `on_wait` may let the parse go on.
  std::unique_ptr<DatasetSource> Source(uint64_t start_after = 0) {
    return MakeShardSource(
        {.server = rpc::ServerAccess(server_.address()),
         .cache_folder = folder_.path(),
         .start = {.start_after = start_after, .on_wait = [this](const std::string& line) {
                     waits_.push_back(line);
                     if (on_wait_) on_wait_();
                   }}});
  }
  void AddShard(uint64_t unit_id) {
    server_.shards.AddShard(unit_id, 3);
    server_.shards.manifest.set_shard_count(server_.shards.manifest.shards_size());
    server_.shards.manifest.set_dataset_digest(std::string(32, static_cast<char>('a' + unit_id)));
  }

  cli::FakeServer server_;
  const test::TempFolder folder_;
  std::vector<std::string> waits_;
  std::function<void()> on_wait_;
};

TEST_F(ShardSourceTest, AServerThatStopsInTheMiddleOfACallIsAskedAgain) {
  AddShard(1);
  server_.shards.manifest.set_complete(true);
  server_.shards.cut_calls = 2;
  const auto shards = Source()->First();
  ASSERT_TRUE(shards.ok()) << shards.status();
  EXPECT_EQ((*shards)->size(), 1u);
  EXPECT_EQ(server_.shards.cut_calls, 0);
}

TEST_F(ShardSourceTest, TheWholeParseIsWaitedForUnlessSoManyShardsAreEnough) {
  AddShard(1);
  on_wait_ = [this] { server_.shards.manifest.set_complete(true); };
  EXPECT_EQ((*Source()->First())->size(), 1u);
  EXPECT_EQ(waits_, std::vector<std::string>{"waiting for the parse to finish: 1 shard so far"});

  server_.shards.manifest.set_complete(false);
  waits_.clear();
  EXPECT_EQ((*Source(1)->First())->size(), 1u);
  EXPECT_TRUE(waits_.empty());

  on_wait_ = [this] { AddShard(2); };
  EXPECT_EQ((*Source(2)->First())->size(), 2u);
  EXPECT_EQ(waits_, std::vector<std::string>{"waiting for 2 shards: 1 shard so far"});
}

TEST_F(ShardSourceTest, AParseThatEndsWithFewerShardsIsNotWaitedForAnyLonger) {
  AddShard(1);
  server_.shards.manifest.set_complete(true);
  EXPECT_EQ((*Source(100)->First())->size(), 1u);
}

TEST_F(ShardSourceTest, NewestHasTheShardsThatCameMeanwhileAndTheOldOnesAreKept) {
  AddShard(1);
  const auto source = Source(1);
  const auto first = *source->First();
  ASSERT_TRUE(first->Read(0).ok());
  AddShard(2);
  const auto newest = *source->Newest();
  EXPECT_EQ(first->size(), 1u);
  EXPECT_EQ(newest->size(), 2u);
  EXPECT_NE(first->digest(), newest->digest());
  EXPECT_EQ(newest->Read(0)->games(), 3u);
  EXPECT_EQ(newest->Read(1)->games(), 3u);
  EXPECT_EQ(server_.shards.downloads, 2);  // the first one came from the cache
}

TEST_F(ShardSourceTest, AServerThatWasResetIsNoticedAndItsGamesAreNotMixedIn) {
  AddShard(1);
  AddShard(2);
  const auto source = Source(1);
  const auto first = *source->First();
  ASSERT_TRUE(first->Read(0).ok());
  ASSERT_TRUE(first->Read(1).ok());
  server_.shards.manifest.clear_shards();
  AddShard(2);
  AddShard(3);
  const absl::Status other = source->Newest().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(other)) << other;
  EXPECT_NE(other.message().find("another run"), std::string::npos) << other;
  // So for a trainer that was started again in the middle of its epoch.
  const auto restarted = Source(1);
  ASSERT_TRUE(restarted->OfDigest(first->digest()).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(restarted->Newest().status()));
  // One that begins takes what is there.
  EXPECT_EQ((*Source(1)->First())->size(), 2u);
}

TEST_F(ShardSourceTest, AnEarlierDatasetIsFoundAgainByAnotherProcess) {
  AddShard(1);
  const std::string digest = (*Source(1)->First())->digest();
  AddShard(2);
  ASSERT_TRUE(Source()->Newest().ok());
  const auto again = Source()->OfDigest(digest);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ((*again)->size(), 1u);
  EXPECT_EQ((*again)->digest(), digest);
  EXPECT_TRUE(absl::IsNotFound(Source()->OfDigest(std::string(32, 'x')).status()));
}

TEST_F(ShardSourceTest, AnEarlierDatasetWhoseShardIsGoneFromCacheAndServerIsNotFound) {
  AddShard(1);
  const auto shards = *Source(1)->First();
  ASSERT_TRUE(shards->Read(0).ok());
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    if (entry.path().extension() == ".npz") std::filesystem::remove(entry.path());
  }
  server_.shards.files.clear();
  EXPECT_TRUE(absl::IsNotFound(Source()->OfDigest(shards->digest()).status()));
}

TEST_F(ShardSourceTest, AShardThatIsDamagedInTheCacheIsFetchedAgain) {
  AddShard(1);
  const auto shards = *Source(1)->First();
  ASSERT_TRUE(shards->Read(0).ok());
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    if (entry.path().extension() == ".npz") std::filesystem::resize_file(entry.path(), 100);
  }
  const auto columns = (*Source(1)->First())->Read(0);
  ASSERT_TRUE(columns.ok()) << columns.status();
  EXPECT_EQ(columns->games(), 3u);
  EXPECT_EQ(server_.shards.downloads, 2);
}

}  // namespace
}  // namespace moyo::trainer
