#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/files.h"
#include "tests/trainer/data/made_dataset.h"
#include "trainer/train/training_loop.h"

namespace moyo::trainer {
namespace {

class TrainingTest : public testing::Test {
 protected:
  TrainingTest() : folder_(absl::StrCat(testing::TempDir(), "/training_test_", getpid())) {
    std::filesystem::remove_all(folder_);
    endpoint_ = *metrics::Endpoint::Open("", "test");
    data_.dataset = std::make_unique<Dataset>(20);
    data_.dataset->AddShard(MadeColumns(40, 0, 8), {});
    data_.digest = std::string(32, 'd');
  }
  ~TrainingTest() override { std::filesystem::remove_all(folder_); }

  TrainingOptions Options(const std::string& name) const {
    TrainingOptions options;
    options.run_dir = folder_ + "/" + name;
    options.shape = {.blocks = 1, .filters = 8};
    options.epochs = 2;
    options.batch_size = 16;
    options.learning_rate = 0.01;
    options.threads = 1;
    options.validation_positions = 64;
    return options;
  }
  absl::Status TrainHere(const TrainingOptions& options) {
    return Train(options, data_, *endpoint_);
  }
  static std::string Bytes(const TrainingOptions& options, const std::string& file) {
    return ReadFile(options.run_dir + "/" + file).value_or("");
  }
  // Removes all but the oldest checkpoint, as if the process had been killed soon after it.
  static void KeepOldestCheckpoint(const TrainingOptions& options) {
    std::vector<std::filesystem::path> all;
    for (const auto& entry :
         std::filesystem::directory_iterator(options.run_dir + "/trainer/checkpoints")) {
      all.push_back(entry.path());
    }
    std::sort(all.begin(), all.end());
    ASSERT_GT(all.size(), 1u);
    for (size_t i = 1; i < all.size(); ++i) std::filesystem::remove(all[i]);
  }

  // The samples column of the curve's last line.
  static uint64_t LastSamples(const TrainingOptions& options) {
    const std::vector<std::string> lines =
        absl::StrSplit(Bytes(options, "trainer/curve.csv"), '\n', absl::SkipEmpty());
    const std::vector<std::string> fields = absl::StrSplit(lines.back(), ',');
    return std::stoull(fields[1]);
  }
  void AddGames() {
    data_.dataset->AddShard(MadeColumns(40, 500, 8), {});
    data_.digest = std::string(32, 'e');
  }

  const std::string folder_;
  LoadedDataset data_;
  std::unique_ptr<metrics::Endpoint> endpoint_;
};

TEST_F(TrainingTest, ResumedRunEndsWithTheSameWeightsBitForBit) {
  for (const OptimizerKind kind :
       {OptimizerKind::kAdamW, OptimizerKind::kSgd, OptimizerKind::kMuon}) {
    TrainingOptions whole = Options(absl::StrCat("whole", static_cast<int>(kind)));
    whole.optimizer = kind;
    ASSERT_TRUE(TrainHere(whole).ok());

    TrainingOptions cut = Options(absl::StrCat("cut", static_cast<int>(kind)));
    cut.optimizer = kind;
    cut.checkpoint_interval = absl::ZeroDuration();  // after every step
    ASSERT_TRUE(TrainHere(cut).ok());
    KeepOldestCheckpoint(cut);
    std::filesystem::remove(cut.run_dir + "/model.pt");
    cut.checkpoint_interval = absl::Minutes(1);
    ASSERT_TRUE(TrainHere(cut).ok());
    ASSERT_FALSE(Bytes(whole, "model.pt").empty());
    EXPECT_EQ(Bytes(whole, "model.pt"), Bytes(cut, "model.pt"));
  }
}

TEST_F(TrainingTest, ChangedOptionsAreRefusedByNameUnlessForked) {
  TrainingOptions options = Options("changed");
  ASSERT_TRUE(TrainHere(options).ok());
  options.learning_rate = 0.5;
  options.seed = 77;
  const absl::Status status = TrainHere(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("--learning-rate, --seed"), std::string::npos) << status;
  options.fork = true;
  EXPECT_TRUE(TrainHere(options).ok());
}

TEST_F(TrainingTest, ForkOfAFinishedRunGoesOn) {
  TrainingOptions options = Options("longer");
  ASSERT_TRUE(TrainHere(options).ok());
  const uint64_t before = LastSamples(options);
  options.epochs *= 2;
  options.fork = true;
  ASSERT_TRUE(TrainHere(options).ok());
  EXPECT_EQ(LastSamples(options), 2 * before);
}

TEST_F(TrainingTest, ForkToAnotherNetworkOrOptimizerIsRefused) {
  TrainingOptions options = Options("other");
  options.optimizer = OptimizerKind::kSgd;
  ASSERT_TRUE(TrainHere(options).ok());
  options.fork = true;
  options.shape.filters = 16;
  options.optimizer = OptimizerKind::kAdamW;
  const absl::Status status = TrainHere(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("cannot change --filters, --optimizer"), std::string::npos)
      << status;
}

TEST_F(TrainingTest, CheckpointsThatCannotBeReadEndTrainingInsteadOfStartingAnew) {
  const TrainingOptions options = Options("unreadable");
  const std::string folder = options.run_dir + "/trainer/checkpoints";
  ASSERT_TRUE(MakeFolder(folder).ok());
  std::ofstream(folder + "/step-0000000900.pt") << "no checkpoint";
  EXPECT_EQ(TrainHere(options).code(), absl::StatusCode::kDataLoss);
}

TEST_F(TrainingTest, FinishedRunWithoutItsModelWritesItAgain) {
  const TrainingOptions options = Options("gone");
  ASSERT_TRUE(TrainHere(options).ok());
  const std::string model = Bytes(options, "model.pt");
  std::filesystem::remove(options.run_dir + "/model.pt");
  ASSERT_TRUE(TrainHere(options).ok());
  EXPECT_EQ(Bytes(options, "model.pt"), model);
}

TEST_F(TrainingTest, SecondTrainerOfARunDirectoryIsRefused) {
  const TrainingOptions options = Options("twice");
  ASSERT_TRUE(MakeFolder(options.run_dir + "/trainer").ok());
  const auto lock = FileLock::Acquire(options.run_dir + "/trainer/lock");
  ASSERT_TRUE(lock.ok());
  EXPECT_EQ(TrainHere(options).code(), absl::StatusCode::kFailedPrecondition);
}

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

TEST_F(TrainingTest, DamagedCheckpointFallsBackToTheOneBefore) {
  TrainingOptions options = Options("damaged");
  options.checkpoint_interval = absl::ZeroDuration();
  ASSERT_TRUE(TrainHere(options).ok());
  std::vector<std::filesystem::path> all;
  for (const auto& entry :
       std::filesystem::directory_iterator(options.run_dir + "/trainer/checkpoints")) {
    all.push_back(entry.path());
  }
  std::sort(all.begin(), all.end());
  std::ofstream(all.back()) << "no checkpoint";
  const std::string model = Bytes(options, "model.pt");
  ASSERT_TRUE(TrainHere(options).ok());
  EXPECT_EQ(Bytes(options, "model.pt"), model);
}

TEST_F(TrainingTest, LossFallsOnAGameThatCanBeLearnedByHeart) {
  TrainingOptions options = Options("learns");
  options.epochs = 60;
  options.optimizer = OptimizerKind::kMuon;
  options.augment = Augment::kOff;
  options.validation_interval = absl::ZeroDuration();
  ASSERT_TRUE(TrainHere(options).ok());
  // The policy loss column: below the 5.89 nats of a uniform guess over 362 moves, by far.
  std::ifstream curve(options.run_dir + "/trainer/curve.csv");
  std::string line, last;
  while (std::getline(curve, line)) last = line;
  const std::vector<std::string> fields = absl::StrSplit(last, ',');
  ASSERT_GT(fields.size(), 4u);
  EXPECT_LT(std::stod(fields[3]), 4.5);
}

TEST_F(TrainingTest, LossThatIsNotFiniteEndsTraining) {
  TrainingOptions options = Options("diverges");
  options.optimizer = OptimizerKind::kSgd;
  options.learning_rate = 1e30;
  options.clip_norm = 0;
  options.warmup = 0;
  const absl::Status status = TrainHere(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_NE(status.message().find("not finite at step"), std::string::npos) << status;
}

TEST_F(TrainingTest, ModelFileThatIsNoneIsRefusedByName) {
  const std::string path = folder_ + "/not-a-model.pt";
  ASSERT_TRUE(MakeFolder(folder_).ok());
  ASSERT_TRUE(WriteFileAtomically(path, "hello").ok());
  const absl::Status status = PolicyNet::Load(path).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("not-a-model.pt' is not a Moyo model"), std::string::npos)
      << status;
  EXPECT_EQ(PolicyNet::Load(folder_ + "/none.pt").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(TrainingTest, SavedModelGivesProbabilities) {
  const TrainingOptions options = Options("probabilities");
  ASSERT_TRUE(TrainHere(options).ok());
  const auto net = PolicyNet::Load(options.run_dir + "/model.pt");
  ASSERT_TRUE(net.ok()) << net.status();
  EXPECT_EQ((*net)->shape(), options.shape);
  const auto outputs = (*net)->Evaluate(std::vector<features::BitPlanes>(3));
  ASSERT_TRUE(outputs.ok());
  ASSERT_EQ(outputs->size(), 3u);
  double sum = 0;
  for (const float p : outputs->at(1).policy) sum += p;
  EXPECT_NEAR(sum, 1, 1e-3);
  EXPECT_LE(std::abs(outputs->at(1).value), 1);
}

}  // namespace
}  // namespace moyo::trainer
