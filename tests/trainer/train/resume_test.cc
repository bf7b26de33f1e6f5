#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "absl/strings/str_format.h"
#include "tests/trainer/train/training_fixture.h"

namespace moyo::trainer {
namespace {

// What is trained whole, and what is killed after its first steps and resumed.
struct Variant {
  const char* name;
  void (*change)(TrainingOptions&);
};

class ResumeTest : public TrainingTest, public testing::WithParamInterface<Variant> {};

TEST_P(ResumeTest, ResumedRunEndsWithTheSameWeightsAndLossesBitForBit) {
  TrainingOptions whole = Options(absl::StrCat("whole-", GetParam().name));
  GetParam().change(whole);
  ASSERT_TRUE(TrainHere(whole).ok());
  const double whole_loss = observer_.last().loss;

  TrainingOptions cut = Options(absl::StrCat("cut-", GetParam().name));
  GetParam().change(cut);
  cut.checkpoint_interval = absl::ZeroDuration();  // after every step
  cut.keep_checkpoints = 100;
  ASSERT_TRUE(TrainHere(cut).ok());
  KeepOldestCheckpoint(cut);
  std::filesystem::remove(cut.run_dir + "/model.pt");
  cut.checkpoint_interval = absl::Minutes(1);
  ASSERT_TRUE(TrainHere(cut).ok());
  ASSERT_FALSE(Bytes(whole, "model.pt").empty());
  EXPECT_EQ(Bytes(whole, "model.pt"), Bytes(cut, "model.pt"));
  std::vector<std::string> expected = LastCurveLine(whole), got = LastCurveLine(cut);
  expected[0] = got[0] = "";  // seconds
  EXPECT_EQ(expected, got);
  EXPECT_EQ(observer_.last().loss, whole_loss);
}

constexpr Variant kVariants[] = {
    {"adamw", [](TrainingOptions& o) { o.optimizer = OptimizerKind::kAdamW; }},
    {"sgd", [](TrainingOptions& o) { o.optimizer = OptimizerKind::kSgd; }},
    {"muon", [](TrainingOptions& o) { o.optimizer = OptimizerKind::kMuon; }},
    {"ema", [](TrainingOptions& o) { o.ema = 0.9; }},
    {"microbatch", [](TrainingOptions& o) { o.micro_batch = 5; }},
    {"smoothing",
     [](TrainingOptions& o) {
       o.label_smoothing = 0.1;
       o.policy_weight = 0.8;
       o.clip_norm = 0.5;
     }},
    {"step", [](TrainingOptions& o) { o.schedule = ScheduleKind::kStep; }},
    {"fp32", [](TrainingOptions& o) { o.precision = Precision::kFp32; }},
    {"samples", [](TrainingOptions& o) { o.max_samples = 300; }},
    {"windows", [](TrainingOptions& o) { o.games_bytes = 2500; }},
    {"pooledtower", [](TrainingOptions& o) { o.shape.architecture = Architecture::kPooledTower; }},
    {"owners",
     [](TrainingOptions& o) {
       o.shape.architecture = Architecture::kPooledTower;
       o.ownership_weight = 1;
     }},
    {"gpool", [](TrainingOptions& o) { o.shape.architecture = Architecture::kGlobalPooling; }},
    {"all",
     [](TrainingOptions& o) {
       o.shape = {.blocks = 3, .filters = 8, .architecture = Architecture::kGlobalPooling};
       o.optimizer = OptimizerKind::kMuon;
       o.ema = 0.99;
       o.micro_batch = 8;
       o.label_smoothing = 0.05;
     }},
};

INSTANTIATE_TEST_SUITE_P(Options, ResumeTest, testing::ValuesIn(kVariants),
                         [](const auto& info) { return info.param.name; });

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

TEST_F(TrainingTest, DamagedCheckpointFallsBackToTheOneBefore) {
  TrainingOptions options = Options("damaged");
  options.checkpoint_interval = absl::ZeroDuration();
  ASSERT_TRUE(TrainHere(options).ok());
  std::ofstream(options.run_dir + "/trainer/checkpoints/" + Checkpoints(options).back())
      << "no checkpoint";
  const std::string model = Bytes(options, "model.pt");
  ASSERT_TRUE(TrainHere(options).ok());
  EXPECT_EQ(Bytes(options, "model.pt"), model);
}

// With one to keep, the damaged one would be it, and each new one be removed at once.
TEST_F(TrainingTest, DamagedCheckpointIsNotKeptInPlaceOfLaterOnes) {
  TrainingOptions options = Options("one");
  options.checkpoint_interval = absl::ZeroDuration();
  options.keep_checkpoints = 100;
  ASSERT_TRUE(TrainHere(options).ok());
  const std::string last = Checkpoints(options).back();
  KeepOldestCheckpoint(options);
  const std::string damaged = "step-0000000900.pt";
  std::ofstream(options.run_dir + "/trainer/checkpoints/" + damaged) << "no checkpoint";
  options.keep_checkpoints = 1;
  ASSERT_TRUE(TrainHere(options).ok());
  EXPECT_EQ(Checkpoints(options).back(), last);
}

// The weights are checked, too, not only the archive that holds them.
TEST_F(TrainingTest, CheckpointWithAFlippedBitFallsBackToTheOneBefore) {
  TrainingOptions options = Options("flipped");
  options.checkpoint_interval = absl::ZeroDuration();
  ASSERT_TRUE(TrainHere(options).ok());
  const std::string name = "trainer/checkpoints/" + Checkpoints(options).back();
  const std::string model = Bytes(options, "model.pt");
  std::filesystem::remove(options.run_dir + "/model.pt");
  std::string flipped = Bytes(options, name);
  flipped[flipped.size() / 2] ^= 0x40;
  ASSERT_TRUE(WriteFileAtomically(options.run_dir + "/" + name, flipped).ok());
  ASSERT_TRUE(TrainHere(options).ok());  // from the one before, to the same end
  ASSERT_FALSE(model.empty());
  EXPECT_EQ(Bytes(options, "model.pt"), model);
  EXPECT_NE(Bytes(options, name), flipped);
}

TEST_F(TrainingTest, NewestCheckpointsAndTheBestAreKept) {
  TrainingOptions options = Options("kept");
  options.checkpoint_interval = options.validation_interval = absl::ZeroDuration();
  options.keep_checkpoints = 2;
  ASSERT_TRUE(TrainHere(options).ok());
  // Validated after each step: the last of the highest top-1 is the best.
  uint64_t last = 0, best = 0;
  double best_top1 = -1;
  const std::vector<std::string> lines =
      absl::StrSplit(Bytes(options, "trainer/curve.csv"), '\n', absl::SkipEmpty());
  // Without the heading and the two lines of the end.
  for (size_t i = 1; i + 2 < lines.size(); ++i) {
    const std::vector<std::string> fields = absl::StrSplit(lines[i], ',');
    last = i;
    if (std::stod(fields[6]) < best_top1) continue;
    best_top1 = std::stod(fields[6]);
    best = last;
  }
  std::set<std::string> expected;
  for (const uint64_t step : {best, last - 1, last}) {
    expected.insert(absl::StrFormat("step-%010d.pt", step));
  }
  EXPECT_THAT(Checkpoints(options), testing::ElementsAreArray(expected));
}

// Before the first step: what model.pt must be beaten at is of the positions that will judge.
TEST_F(TrainingTest, OtherValidationPositionsJudgeTheBestAnew) {
  TrainingOptions options = Options("judged");
  options.checkpoint_interval = options.validation_interval = absl::ZeroDuration();
  options.keep_checkpoints = 100;
  ASSERT_TRUE(TrainHere(options).ok());
  KeepOldestCheckpoint(options);
  const auto rows = [&options]() -> std::vector<std::string> {
    return absl::StrSplit(Bytes(options, "trainer/curve.csv"), '\n', absl::SkipEmpty());
  };
  const size_t before = rows().size();
  options.validation_positions = 16;
  ASSERT_TRUE(TrainHere(options).ok());
  const std::vector<std::string> fields = absl::StrSplit(rows().at(before), ',');
  EXPECT_EQ(fields.at(1), "16");  // samples of the checkpoint
  EXPECT_EQ(fields.at(5), "4");   // a quarter of the positions
}

TEST_F(TrainingTest, KillBetweenCheckpointAndModelIsMadeGood) {
  const TrainingOptions options = Options("between");
  ASSERT_TRUE(TrainHere(options).ok());
  const std::string model = Bytes(options, "model.pt");
  ASSERT_TRUE(WriteFileAtomically(options.run_dir + "/model.pt", "the model before").ok());
  ASSERT_TRUE(TrainHere(options).ok());
  EXPECT_EQ(Bytes(options, "model.pt"), model);
}

TEST_F(TrainingTest, ThreadsAreTheCheckpointsAndOthersAreRefusedByName) {
  TrainingOptions options = Options("threads");
  options.threads = 1;
  options.checkpoint_interval = absl::ZeroDuration();
  ASSERT_TRUE(TrainHere(options).ok());
  KeepOldestCheckpoint(options);
  options.threads = 0;
  ASSERT_TRUE(TrainHere(options).ok());  // to the end
  options.threads = 1;
  EXPECT_TRUE(TrainHere(options).ok());
  options.threads = 2;
  const absl::Status status = TrainHere(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("--threads"), std::string::npos) << status;
}

TEST_F(TrainingTest, PrecisionIsTheCheckpointsAndAnotherIsRefusedByName) {
  TrainingOptions options = Options("precision");
  options.precision = Precision::kFp32;
  options.checkpoint_interval = absl::ZeroDuration();
  ASSERT_TRUE(TrainHere(options).ok());
  const std::string model = Bytes(options, "model.pt");
  KeepOldestCheckpoint(options);
  options.precision = Precision::kAuto;
  ASSERT_TRUE(TrainHere(options).ok());  // to the end
  EXPECT_EQ(Bytes(options, "model.pt"), model);
  options.precision = Precision::kFp32;
  EXPECT_TRUE(TrainHere(options).ok());
  options.precision = Precision::kBf16;
  const absl::Status status = TrainHere(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("--precision"), std::string::npos) << status;
}

TEST_F(TrainingTest, OptionsThatCameAfterACheckpointAreItsDefaults) {
  TrainingOptions options = Options("later");
  ASSERT_TRUE(TrainHere(options).ok());
  options.ema = 0.5;
  options.shape.architecture = Architecture::kGlobalPooling;
  const absl::Status status = TrainHere(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("--architecture, --ema"), std::string::npos) << status;
}

TEST_F(TrainingTest, ForkMayTurnTheAverageOnAndOff) {
  TrainingOptions options = Options("average");
  ASSERT_TRUE(TrainHere(options).ok());
  options.fork = true;
  for (const double ema : {0.5, 0.0}) {
    options.ema = ema;
    options.epochs += 1;
    ASSERT_TRUE(TrainHere(options).ok());
    EXPECT_TRUE(PolicyNet::Load(options.run_dir + "/model.pt").ok());
  }
}

}  // namespace
}  // namespace moyo::trainer
