#include "trainer/data/dataset.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/trainer/data/made_dataset.h"

namespace moyo::trainer {
namespace {

TEST(DatasetTest, EveryPositionIsFoundInItsGame) {
  Dataset dataset(0);
  dataset.AddShard(MadeColumns(5), {});
  dataset.AddShard(MadeColumns(3, 100, 20), {});
  ASSERT_EQ(dataset.training().size(), 5u * 60 + 3 * 20);
  const Positions::Place last_of_first = dataset.training().Find(59);
  EXPECT_EQ(last_of_first.game->row, 0u);
  EXPECT_EQ(last_of_first.ply, 59u);
  const Positions::Place second_shard = dataset.training().Find(5 * 60 + 20);
  EXPECT_EQ(second_shard.game->shard, 1u);
  EXPECT_EQ(second_shard.game->row, 1u);
  EXPECT_EQ(second_shard.ply, 0u);
}

TEST(DatasetTest, LeftOutRowsAndOtherSizesAreNotTrainedOn) {
  shard::Columns columns = MadeColumns(4);
  const go::GameRecord small = go::RandomGame(50, 30, 9);
  columns.Append(small, go::GameHash(small));
  Dataset dataset(0);
  const std::vector<uint32_t> left_out = {1, 3};
  dataset.AddShard(std::move(columns), left_out);
  EXPECT_EQ(dataset.training().games(), 2u);
  EXPECT_EQ(dataset.other_sizes(), 1u);
  EXPECT_EQ(dataset.training().Find(60).game->row, 2u);
}

TEST(DatasetTest, SymmetricCopiesFallOnTheSameSide) {
  for (uint32_t seed = 0; seed < 40; ++seed) {
    const go::GameRecord game = go::RandomGame(seed, 30);
    std::set<size_t> held_out;
    for (int symmetry = 0; symmetry < go::kSymmetries; ++symmetry) {
      const go::GameRecord copy = go::TransformGame(game, symmetry);
      shard::Columns columns;
      columns.Append(copy, go::GameHash(copy));
      Dataset dataset(50);
      dataset.AddShard(std::move(columns), {});
      held_out.insert(dataset.validation().games());
    }
    EXPECT_EQ(held_out.size(), 1u);
  }
}

TEST(DatasetTest, ValidationShareIsAboutWhatWasAskedFor) {
  Dataset dataset(20);
  dataset.AddShard(MadeColumns(1000, 0, 5), {});
  EXPECT_NEAR(dataset.validation().games(), 200, 50);
  EXPECT_EQ(dataset.validation().games() + dataset.training().games(), 1000u);
}

}  // namespace
}  // namespace moyo::trainer
