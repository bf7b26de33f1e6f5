// Datasets that change between starts of a run.
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "common/go/game_hash.h"
#include "tests/common/go/random_game.h"
#include "tests/trainer/train/training_fixture.h"
#include "trainer/checkpoint/run_record.h"

namespace moyo::trainer {
namespace {

using GrowthTest = TrainingTest;

TEST_F(GrowthTest, RunningEpochEndsOnItsGamesAndTheNextOneTakesTheNewest) {
  // Few steps, so that the oldest checkpoint kept is of the first epoch.
  const uint64_t before = EpochPositions();
  TrainingOptions options = Options("grows");
  options.batch_size = 128;
  options.checkpoint_interval = absl::ZeroDuration();
  options.keep_checkpoints = 100;
  ASSERT_TRUE(TrainHere(options).ok());
  KeepOldestCheckpoint(options);
  std::filesystem::remove(options.run_dir + "/model.pt");
  AddGames();
  ASSERT_TRUE(TrainHere(options).ok());
  EXPECT_EQ(LastSamples(options), before + EpochPositions());

  // As without the kill, when the games come during the first epoch.
  MadeSource undisturbed;
  undisturbed.Add(MakeShards(4, 10));
  undisturbed.AddLater(MakeShards(8, 10, 'e'));
  TrainingOptions whole = options;
  whole.run_dir = folder_ + "/whole";
  ASSERT_TRUE(Train(whole, undisturbed, observer_).ok());
  EXPECT_EQ(Bytes(whole, "model.pt"), Bytes(options, "model.pt"));
}

TEST_F(GrowthTest, ServerThatIsAwayLetsTheNextEpochKeepItsGames) {
  const TrainingOptions options = Options("away");
  source_.SetAway(true);
  ASSERT_TRUE(TrainHere(options).ok());
  EXPECT_EQ(LastSamples(options), options.epochs * EpochPositions());
}

TEST_F(GrowthTest, GamesThatNeedMoreMemoryThanThereIsAreLeftAlone) {
  TrainingOptions options = Options("grown");
  options.games_bytes = 2500;
  const uint64_t before = EpochPositions();
  source_.AddLater(MakeShards(40, 10, 'e'));  // whose validation games alone take more
  const absl::Status status = TrainHere(options);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(LastSamples(options), options.epochs * before);
}

TEST_F(GrowthTest, EpochWhoseGamesAreGoneGoesOnAtTheSameShare) {
  TrainingOptions options = Options("gone");
  options.keep_checkpoints = 100;
  options.checkpoint_interval = absl::ZeroDuration();
  ASSERT_TRUE(TrainHere(options).ok());
  KeepOldestCheckpoint(options);
  AddGames();
  source_.Forget(std::string(32, 'd'));
  ASSERT_TRUE(TrainHere(options).ok());
  EXPECT_EQ(LastSamples(options), options.epochs * EpochPositions());
}

// The numbers of samples change with the games; what the schedule has learned does not.
TEST_F(GrowthTest, MaxSamplesCountsWhatWasLearnedWhenTheGamesChange) {
  TrainingOptions options = Options("counted");
  options.max_samples = 6 * options.batch_size;
  options.keep_checkpoints = 100;
  options.checkpoint_interval = absl::ZeroDuration();
  ASSERT_TRUE(TrainHere(options).ok());
  EXPECT_EQ(observer_.last().step, 6u);
  KeepOldestCheckpoint(options);
  source_.Add(MakeShards(40, 10, 'e'));
  source_.Forget(std::string(32, 'd'));
  ASSERT_TRUE(TrainHere(options).ok());
  EXPECT_EQ(observer_.last().step, 6u);
}

TEST_F(GrowthTest, GamesAddedAfterTheEndStartANewScheduleFromTheWeights) {
  const TrainingOptions options = Options("again");
  ASSERT_TRUE(TrainHere(options).ok());
  const uint64_t before = LastSamples(options);
  AddGames();
  ASSERT_TRUE(TrainHere(options).ok());
  EXPECT_EQ(LastSamples(options), options.epochs * EpochPositions());
  EXPECT_GT(LastSamples(options), before);
}

TEST_F(GrowthTest, GamesThatMissedTheLastEpochGetAScheduleOfTheirOwn) {
  TrainingOptions options = Options("missed");
  options.epochs = 1;
  options.checkpoint_interval = absl::ZeroDuration();
  ASSERT_TRUE(TrainHere(options).ok());
  KeepOldestCheckpoint(options);
  AddGames();
  ASSERT_TRUE(TrainHere(options).ok());
  EXPECT_EQ(LastSamples(options), EpochPositions());
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

// Validation games that share their plies; training games that do so or not.
std::shared_ptr<MadeShards> MadeDataset(bool training_shared, char digest) {
  shard::Columns columns;
  for (uint32_t seed = 1; columns.games() < 60; ++seed) {
    for (const bool shared : {true, false}) {
      const go::GameRecord game = MadeGame(seed, shared);
      if ((HeldOut(game) ? true : training_shared) == shared)
        columns.Append(game, go::GameHash(game));
    }
  }
  std::vector<shard::Columns> shards;
  shards.push_back(std::move(columns));
  return std::make_shared<MadeShards>(std::move(shards), digest);
}

// Of model.pt on the dataset's validation games.
double Top1(const MadeShards& shards, const TrainingOptions& options) {
  Dataset dataset(20);
  dataset.AddShard(*shards.Read(0), {});
  const auto network = PolicyNet::Load(options.run_dir + "/model.pt");
  const Positions& positions = dataset.validation();
  Sampler sampler(dataset, positions, 0, Augment::kOff);
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
  MadeSource source;
  source.Add(MadeDataset(true, 'a'));
  ASSERT_TRUE(Train(options, source, observer_).ok());
  const auto noise = MadeDataset(false, 'b');
  const double before = Top1(*noise, options);
  ASSERT_GT(before, 0.5);
  source.Add(noise);
  ASSERT_TRUE(Train(options, source, observer_).ok());
  EXPECT_GE(Top1(*noise, options), before);

  // It is of an older step than the last one, and is made good from that one's checkpoint.
  const auto record = ReadRunRecord(options.run_dir);
  ASSERT_TRUE(record.ok()) << record.status();
  ASSERT_LT(record->best_step, record->step);
  const std::string model = Bytes(options, "model.pt");
  std::string damaged = model;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
  ASSERT_TRUE(WriteFileAtomically(options.run_dir + "/model.pt", damaged).ok());
  ASSERT_TRUE(Train(options, source, observer_).ok());
  EXPECT_EQ(Bytes(options, "model.pt"), model);
}

}  // namespace
}  // namespace moyo::trainer
