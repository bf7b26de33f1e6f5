#include "trainer/data/windows.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/trainer/data/made_shards.h"
#include "trainer/data/epoch_reader.h"
#include "trainer/data/feed.h"

namespace moyo::trainer {
namespace {

const std::vector<ShardSize> kShards = {{100, 10}, {50, 10}, {0, 10}, {70, 30}, {20, 5}, {90, 10}};

TEST(WindowsTest, ShardsThatFitAreOneWindowInManifestOrder) {
  const std::vector<Window> windows = PlanWindows(kShards, 75, 1, 3);
  ASSERT_EQ(windows.size(), 1u);
  EXPECT_EQ(windows[0].shards, (std::vector<uint32_t>{0, 1, 3, 4, 5}));
  EXPECT_EQ(windows[0].positions, 330u);
}

TEST(WindowsTest, OthersAreCutWithinTheLimitEachShardOnce) {
  for (uint64_t epoch = 0; epoch < 20; ++epoch) {
    std::multiset<uint32_t> seen;
    uint64_t index = 0;
    for (const Window& window : PlanWindows(kShards, 25, 1, epoch)) {
      uint64_t bytes = 0, positions = 0;
      for (const uint32_t shard : window.shards) {
        seen.insert(shard);
        bytes += kShards[shard].memory_bytes;
        positions += kShards[shard].positions;
      }
      EXPECT_TRUE(bytes <= 25 || window.shards.size() == 1);
      EXPECT_EQ(window.first_index, index);
      EXPECT_EQ(window.positions, positions);
      index += positions;
    }
    EXPECT_EQ(seen, (std::multiset<uint32_t>{0, 1, 3, 4, 5}));
  }
}

TEST(WindowsTest, EachEpochGroupsTheShardsAnew) {
  std::set<std::vector<uint32_t>> first;
  for (uint64_t epoch = 0; epoch < 20; ++epoch) {
    first.insert(PlanWindows(kShards, 25, 1, epoch).front().shards);
  }
  EXPECT_GT(first.size(), 5u);
}

class WindowedDatasetTest : public testing::Test {
 protected:
  // Eight shards of 480 positions; two or three of them fit besides the validation games.
  std::unique_ptr<WindowedDataset> Open(uint64_t limit_bytes) {
    auto dataset = WindowedDataset::Open(shards_, 5, limit_bytes);
    EXPECT_TRUE(dataset.ok()) << dataset.status();
    return *std::move(dataset);
  }
  static constexpr uint64_t kAll = 1 << 30, kLittle = 16 << 10;
  const std::shared_ptr<MadeShards> shards_ = MakeShards(8, 60);
};

// What an epoch gives: which moves at which index.
std::vector<int64_t> Targets(WindowedDataset& dataset, uint64_t epoch, uint64_t from = 0) {
  EpochReader reader(dataset, {.epoch = epoch}, 7, Augment::kOff);
  Batch batch;
  EXPECT_TRUE(reader.Draw(from, reader.size() - from, batch).ok());
  return batch.policy;
}

TEST_F(WindowedDatasetTest, WindowsGiveEachPositionOnceLikeTheWhole) {
  const auto whole = Open(kAll), little = Open(kLittle);
  ASSERT_EQ(whole->Windows(7, 0).size(), 1u);
  ASSERT_GT(little->Windows(7, 0).size(), 2u);
  EXPECT_EQ(whole->training_positions(), little->training_positions());
  std::vector<int64_t> a = Targets(*whole, 0), b = Targets(*little, 0), c = Targets(*little, 1);
  EXPECT_NE(a, b);
  EXPECT_NE(b, c);
  for (auto* targets : {&a, &b, &c}) std::sort(targets->begin(), targets->end());
  EXPECT_EQ(a, b);
  EXPECT_EQ(a, c);
}

TEST_F(WindowedDatasetTest, ReadingFromAnyIndexGivesTheSameSequence) {
  const auto dataset = Open(kLittle);
  const std::vector<int64_t> all = Targets(*dataset, 2);
  for (const uint64_t from : {uint64_t{1}, all.size() / 2, all.size() - 1}) {
    const auto again = Open(kLittle);
    EXPECT_EQ(Targets(*again, 2, from), std::vector<int64_t>(all.begin() + from, all.end()));
  }
}

TEST_F(WindowedDatasetTest, ShardsThatFitAreReadOnce) {
  const auto dataset = Open(kAll);
  for (uint64_t epoch = 0; epoch < 3; ++epoch) Targets(*dataset, epoch);
  EXPECT_EQ(shards_->reads(), 8);
}

TEST_F(WindowedDatasetTest, ValidationGamesAreThoseOfTheWholeAndNeverTrainedOn) {
  const auto dataset = Open(kLittle);
  Dataset plain(5);
  for (size_t i = 0; i < shards_->size(); ++i) plain.AddShard(*shards_->Read(i), {});
  ASSERT_GT(plain.validation().size(), 0u);
  EXPECT_EQ(dataset->training_positions(), plain.training().size());
  const Positions& kept = dataset->validation().validation();
  ASSERT_EQ(kept.size(), plain.validation().size());
  EXPECT_EQ(dataset->validation().training().size(), 0u);
  go::GameRecord a, b;
  for (uint64_t p = 0; p < kept.size(); ++p) {
    dataset->validation().Read(*kept.Find(p).game, a);
    plain.Read(*plain.validation().Find(p).game, b);
    ASSERT_EQ(a.moves, b.moves);
  }
}

TEST_F(WindowedDatasetTest, ValidationGamesThatLeaveNoRoomAreRefused) {
  EXPECT_EQ(WindowedDataset::Open(shards_, 50, 4 << 10).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST_F(WindowedDatasetTest, DatasetWithoutATrainingGameIsRefused) {
  const auto none = MakeShards(1, 0);
  EXPECT_EQ(WindowedDataset::Open(none, 5, kAll).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(WindowedDatasetTest, FeedTellsOfAShardThatCannotBeReadAfterTheBatchesBefore) {
  const auto dataset = Open(kLittle);
  const std::vector<Window> windows = dataset->Windows(7, 0);
  shards_->Break(windows[1].shards[0]);
  Feed feed(EpochReader(*dataset, {}, 7, Augment::kOff), 0, dataset->training_positions(), 16);
  Batch batch;
  uint64_t samples = 0;
  absl::StatusOr<bool> more = feed.Next(batch);
  for (; more.ok() && *more; more = feed.Next(batch)) samples += batch.size();
  EXPECT_EQ(more.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(samples, windows[0].positions / 16 * 16);
}

}  // namespace
}  // namespace moyo::trainer
