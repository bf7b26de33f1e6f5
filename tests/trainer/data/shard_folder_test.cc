#include "trainer/data/shard_folder.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "common/shard/manifest.h"
#include "tests/support/temp_folder.h"
#include "tests/trainer/data/made_dataset.h"

namespace moyo::trainer {
namespace {

class ShardFolderTest : public testing::Test {
 protected:
  ShardFolderTest() { std::filesystem::create_directory(folder_.path() + "/shards"); }
  // As a trainer that starts anew; `on_wait_` may let shards come.
  std::unique_ptr<DatasetSource> Source(uint64_t start_after = 0) {
    return MakeShardFolder({.folder = folder_.path() + "/shards",
                            .cache_folder = folder_.path() + "/cache",
                            .start = {.start_after = start_after, .on_wait = [this](const auto&) {
                                        ++waits_;
                                        if (on_wait_) on_wait_();
                                      }}});
  }
  // A shard of so many games, and what a manifest says of it.
  shard::ManifestEntry AddShard(const std::string& name, int games) {
    const shard::Columns columns = MadeColumns(games, 100 * games, 5);
    const std::string bytes = shard::WriteNpz(columns);
    folder_.Write("shards/" + name, bytes);
    return {.file = name,
            .digest = shard::DigestOf(columns),
            .length_bytes = bytes.size(),
            .games = columns.games(),
            .positions = columns.positions()};
  }
  void WriteManifest(std::vector<shard::ManifestEntry> shards, bool complete) {
    const Digest digest = shard::DatasetDigestOf(shards);
    folder_.Write("shards/manifest.json",
                  shard::ManifestJson({digest, complete, std::move(shards)}));
  }

  const test::TempFolder folder_;
  int waits_ = 0;
  std::function<void()> on_wait_;
};

TEST_F(ShardFolderTest, WithoutAManifestEveryShardCountsByName) {
  AddShard("b.npz", 2);
  AddShard("a.npz", 3);
  folder_.Write("shards/notes.txt", "no shard");
  const auto shards = Source()->First();
  ASSERT_TRUE(shards.ok()) << shards.status();
  ASSERT_EQ((*shards)->size(), 2u);
  EXPECT_EQ((*shards)->Read(0)->games(), 3u);
  EXPECT_EQ((*shards)->Read(1)->games(), 2u);
  EXPECT_EQ((*shards)->memory_bytes(), Dataset::EstimateBytes(5, 25));
  EXPECT_EQ(waits_, 0);
}

TEST_F(ShardFolderTest, AManifestNamesTheShardsAndTheRowsLeftOut) {
  shard::ManifestEntry entry = AddShard("a.npz", 3);
  entry.left_out_rows = {0, 2};
  AddShard("other.npz", 2);
  WriteManifest({entry}, true);
  const auto shards = *Source()->First();
  ASSERT_EQ(shards->size(), 1u);
  EXPECT_EQ(std::vector<uint32_t>(shards->left_out_rows(0).begin(), shards->left_out_rows(0).end()),
            entry.left_out_rows);
}

TEST_F(ShardFolderTest, AnIncompleteManifestIsWaitedForUnlessSoManyShardsAreEnough) {
  const shard::ManifestEntry one = AddShard("a.npz", 3), two = AddShard("b.npz", 2);
  WriteManifest({one}, false);
  EXPECT_EQ((*Source(1)->First())->size(), 1u);
  EXPECT_EQ(waits_, 0);
  on_wait_ = [&] { WriteManifest({one, two}, true); };
  EXPECT_EQ((*Source()->First())->size(), 2u);
  EXPECT_EQ(waits_, 1);
}

TEST_F(ShardFolderTest, SoManyShardsAreWaitedForWithoutAManifestToo) {
  on_wait_ = [this] { AddShard("a.npz", 3); };
  EXPECT_EQ((*Source(1)->First())->size(), 1u);
  EXPECT_EQ(waits_, 1);
}

TEST_F(ShardFolderTest, NewShardsAreInTheNewestAndTheOldDatasetIsFoundAgain) {
  AddShard("a.npz", 3);
  const auto source = Source();
  const auto first = *source->First();
  EXPECT_EQ((*source->Newest())->digest(), first->digest());
  AddShard("b.npz", 2);
  const auto newest = *source->Newest();
  EXPECT_EQ(newest->size(), 2u);
  EXPECT_NE(newest->digest(), first->digest());
  const auto again = Source()->OfDigest(first->digest());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ((*again)->size(), 1u);
  EXPECT_TRUE(absl::IsNotFound(Source()->OfDigest(std::string(32, 'x')).status()));
  std::filesystem::remove(folder_.path() + "/shards/a.npz");
  EXPECT_TRUE(absl::IsNotFound(Source()->OfDigest(first->digest()).status()));
}

TEST_F(ShardFolderTest, DatasetWhoseShardWasReplacedCannotBeHadAnyMore) {
  WriteManifest({AddShard("a.npz", 3)}, true);
  const std::string digest = (*Source()->First())->digest();
  EXPECT_TRUE(Source()->OfDigest(digest).ok());
  AddShard("a.npz", 2);
  EXPECT_TRUE(absl::IsNotFound(Source()->OfDigest(digest).status()));
}

TEST_F(ShardFolderTest, ManifestThatIsInUseOutlivesManyNewerOnes) {
  std::vector<shard::ManifestEntry> shards = {AddShard("first.npz", 3)};
  WriteManifest(shards, false);
  const std::string digest = (*Source(1)->First())->digest();
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(Source()->OfDigest(digest).ok()) << i;
    shards.push_back(AddShard("more-" + std::to_string(i) + ".npz", 4 + i));
    WriteManifest(shards, false);
    ASSERT_TRUE(Source()->Newest().ok());
  }
}

TEST_F(ShardFolderTest, AShardThatIsNotTheManifestsIsRefusedByName) {
  const shard::ManifestEntry entry = AddShard("a.npz", 3);
  WriteManifest({entry}, true);
  AddShard("a.npz", 4);
  const auto columns = (*Source()->First())->Read(0);
  EXPECT_TRUE(absl::IsDataLoss(columns.status()));
  EXPECT_NE(columns.status().message().find("a.npz"), std::string::npos) << columns.status();
}

TEST_F(ShardFolderTest, AFolderWithoutShardsOrWithADamagedOneIsRefusedByName) {
  EXPECT_TRUE(absl::IsNotFound(Source()->First().status()));
  folder_.Write("shards/a.npz", "PK");
  const absl::Status damaged = Source()->First().status();
  EXPECT_TRUE(absl::IsDataLoss(damaged));
  EXPECT_NE(damaged.message().find("a.npz"), std::string::npos) << damaged;
  folder_.Write("shards/manifest.json", "{}");
  const absl::Status manifest = Source()->First().status();
  EXPECT_TRUE(absl::IsDataLoss(manifest));
  EXPECT_NE(manifest.message().find("manifest.json"), std::string::npos) << manifest;
}

}  // namespace
}  // namespace moyo::trainer
