// Datasets that change between starts of a run.
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "common/go/game_hash.h"
#include "tests/common/go/random_game.h"
#include "tests/trainer/train/training_fixture.h"

namespace moyo::trainer {
namespace {

TEST_F(TrainingTest, GamesAddedMidwayLetTheScheduleGoOn) {
  TrainingOptions options = Options("grows");
  options.checkpoint_interval = absl::ZeroDuration();
  ASSERT_TRUE(TrainHere(options).ok());
  KeepOldestCheckpoint(options);
  AddGames();
  ASSERT_TRUE(TrainHere(options).ok());
  EXPECT_EQ(LastSamples(options), options.epochs * data_.dataset->training().size());
}

TEST_F(TrainingTest, GamesAddedAfterTheEndStartANewScheduleFromTheWeights) {
  const TrainingOptions options = Options("again");
  ASSERT_TRUE(TrainHere(options).ok());
  const uint64_t before = LastSamples(options);
  AddGames();
  ASSERT_TRUE(TrainHere(options).ok());
  EXPECT_EQ(LastSamples(options), options.epochs * data_.dataset->training().size());
  EXPECT_GT(LastSamples(options), before);
}

// Games that all begin with the same plies, which can be learned by heart, or that share nothing.
go::GameRecord MadeGame(uint32_t seed, bool shared) {
  go::GameRecord game = go::RandomGame(shared ? 1 : seed, 12);
  const go::GameRecord other = go::RandomGame(seed, 16);
  game.moves.resize(shared ? 11 : 12);
  if (shared) {  // one ply tells the games apart
    for (const go::Move& move : other.moves) {
      const auto same_point = [&move](const go::Move& m) { return m.point == move.point; };
      if (move.point.IsPass() || std::any_of(game.moves.begin(), game.moves.end(), same_point))
        continue;
      game.moves.push_back({move.point, go::Color::kWhite});
      break;
    }
  }
  return game;
}

bool HeldOut(const go::GameRecord& game) {
  shard::Columns columns;
  columns.Append(game, go::GameHash(game));
  Dataset dataset(20);
  dataset.AddShard(std::move(columns), {});
  return dataset.validation().size() > 0;
}

// `held_out_shared`, `training_shared`: whether the games of that side share their plies.
LoadedDataset MadeDataset(bool training_shared, char digest) {
  shard::Columns columns;
  for (uint32_t seed = 1; columns.games() < 60; ++seed) {
    for (const bool shared : {true, false}) {
      const go::GameRecord game = MadeGame(seed, shared);
      if ((HeldOut(game) ? true : training_shared) == shared)
        columns.Append(game, go::GameHash(game));
    }
  }
  LoadedDataset data;
  data.dataset = std::make_unique<Dataset>(20);
  data.dataset->AddShard(std::move(columns), {});
  data.digest = std::string(32, digest);
  return data;
}

// Of model.pt on the dataset's validation games.
double Top1(const LoadedDataset& data, const TrainingOptions& options) {
  const auto network = PolicyNet::Load(options.run_dir + "/model.pt");
  const Positions& positions = data.dataset->validation();
  Sampler sampler(*data.dataset, positions, 0, Augment::kOff);
  Batch batch;
  sampler.Draw(0, positions.size(), batch);
  const auto outputs = (*network)->Evaluate(batch.planes);
  double hits = 0;
  for (size_t i = 0; i < batch.size(); ++i) {
    const auto& policy = outputs->at(i).policy;
    hits += std::max_element(policy.begin(), policy.end()) - policy.begin() == batch.policy[i];
  }
  return hits / batch.size();
}

TEST_F(TrainingTest, BetterModelOutlivesGamesThatTeachNothing) {
  TrainingOptions options = Options("better");
  options.epochs = 30;
  options.augment = Augment::kOff;
  options.optimizer = OptimizerKind::kMuon;
  options.validation_positions = 4000;
  ASSERT_TRUE(Train(options, MadeDataset(true, 'a'), *endpoint_).ok());
  const LoadedDataset noise = MadeDataset(false, 'b');
  const double before = Top1(noise, options);
  ASSERT_GT(before, 0.5);
  ASSERT_TRUE(Train(options, noise, *endpoint_).ok());
  EXPECT_GE(Top1(noise, options), before);
}

}  // namespace
}  // namespace moyo::trainer
