#include <gtest/gtest.h>

#include <cmath>

#include "absl/strings/str_format.h"
#include "tests/trainer/train/training_fixture.h"

namespace moyo::trainer {
namespace {

TEST_F(TrainingTest, SecondTrainerOfARunDirectoryIsRefused) {
  const TrainingOptions options = Options("twice");
  ASSERT_TRUE(MakeFolder(options.run_dir + "/trainer").ok());
  const auto lock = FileLock::Acquire(options.run_dir + "/trainer/lock");
  ASSERT_TRUE(lock.ok());
  EXPECT_EQ(TrainHere(options).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(TrainingTest, CudaIsRefusedWhereThereIsNoGpu) {
  TrainingOptions options = Options("cuda");
  options.device = DeviceKind::kCuda;
  const absl::Status status = TrainHere(options);
  if (status.ok()) GTEST_SKIP() << "a GPU is here";
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("--device cpu"), std::string::npos) << status;
}

TEST_F(TrainingTest, HalfFloatsAreRefusedOnACpu) {
  TrainingOptions options = Options("half");
  options.precision = Precision::kFp16;
  options.device = DeviceKind::kCpu;
  const absl::Status status = TrainHere(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("bf16"), std::string::npos) << status;
}

TEST_F(TrainingTest, LossFallsOnAGameThatCanBeLearnedByHeart) {
  TrainingOptions options = Options("learns");
  options.epochs = 60;
  options.optimizer = OptimizerKind::kMuon;
  options.augment = Augment::kOff;
  options.validation_interval = absl::ZeroDuration();
  ASSERT_TRUE(TrainHere(options).ok());
  // The policy loss column: below the 5.89 nats of a uniform guess over 362 moves, by far.
  EXPECT_LT(std::stod(LastCurveLine(options)[3]), 4.5);
}

// The part of the loss that is not the policy's and not the value's.
double OwnershipLoss(const TrainingOptions& options, const TrainingReport& report) {
  return (report.loss - options.policy_weight * report.policy_loss -
          options.value_weight * report.value_loss) /
         options.ownership_weight;
}

TEST_F(TrainingTest, AWeightOfOwnersTeachesWhoHasThePoints) {
  source_.Add(MakeShards(1, 6, 'o', 150));
  TrainingOptions options = Options("owners");
  options.shape.architecture = Architecture::kPooledTower;
  options.epochs = 12;
  options.ownership_weight = 1e-6;  // counted, and hardly learned
  ASSERT_TRUE(TrainHere(options).ok());
  const double before = OwnershipLoss(options, observer_.last());
  EXPECT_GT(before, 0.3);
  options.run_dir += "-learned";
  options.ownership_weight = 2;
  ASSERT_TRUE(TrainHere(options).ok());
  EXPECT_LT(OwnershipLoss(options, observer_.last()), before / 2);
}

TEST_F(TrainingTest, AWeightOfOwnersIsRefusedWhereNothingLearnsThem) {
  TrainingOptions options = Options("owners-refused");
  options.ownership_weight = 1;
  for (const Architecture architecture : {Architecture::kGlobalPooling, Architecture::kLeelaZero}) {
    options.shape.architecture = architecture;
    const absl::Status status = TrainHere(options);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_NE(status.message().find("--ownership-weight is for --architecture pooled-tower"),
              std::string::npos)
        << status;
  }
}

// Half a run that goes well, then a rate that no network survives.
TEST_F(TrainingTest, DivergenceLeavesTheLastGoodCheckpointAndNamesTheBatch) {
  TrainingOptions options = Options("diverges");
  options.schedule = ScheduleKind::kStep;
  options.decay_at = {0.5};
  options.decay_factor = 1e30;
  options.warmup = 0;
  options.checkpoint_interval = absl::ZeroDuration();
  const absl::Status status = TrainHere(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  const uint64_t step = (EpochPositions() + options.batch_size - 1) / options.batch_size;
  EXPECT_NE(status.message().find(absl::StrCat("at step ", step + 1, ", epoch 2, indices 0 to ",
                                               options.batch_size - 1)),
            std::string::npos)
      << status;
  EXPECT_EQ(Checkpoints(options).back(), absl::StrFormat("step-%010d.pt", step));
  options.decay_factor = 0.1;
  options.fork = true;
  EXPECT_TRUE(TrainHere(options).ok());
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

TEST_F(TrainingTest, EitherArchitectureLoadsAsAPolicyNet) {
  TrainingOptions options = Options("gpool");
  options.shape = {.blocks = 4, .filters = 8, .architecture = Architecture::kGlobalPooling};
  ASSERT_TRUE(TrainHere(options).ok());
  const auto net = PolicyNet::Load(options.run_dir + "/model.pt");
  ASSERT_TRUE(net.ok()) << net.status();
  EXPECT_EQ((*net)->shape(), options.shape);
  std::vector<features::BitPlanes> planes(2);
  planes[1].history[0][0] = 1;  // the outputs must depend on the position
  const auto outputs = (*net)->Evaluate(planes);
  ASSERT_TRUE(outputs.ok());
  EXPECT_NE(outputs->at(0).policy, outputs->at(1).policy);
}

}  // namespace
}  // namespace moyo::trainer
