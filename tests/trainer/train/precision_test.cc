#include "trainer/train/precision.h"

#include <gtest/gtest.h>

#include "tests/trainer/train/training_fixture.h"
#include "trainer/checkpoint/checkpoint.h"
#include "trainer/group/group.h"

namespace moyo::trainer {
namespace {

TEST(FastestPrecisionTest, IsBf16WhereTheProcessorHasItsProducts) {
  EXPECT_EQ(FastestPrecision(torch::kCPU), HasBf16() ? Precision::kBf16 : Precision::kFp32);
  EXPECT_EQ(FastestPrecision(torch::kCUDA), Precision::kBf16);
}

TEST_F(TrainingTest, CheckpointInAGpusPrecisionIsNotContinuedOnACpu) {
  TrainingOptions options = Options("half");
  options.device = DeviceKind::kCpu;
  options.precision = Precision::kFp16;
  const std::string folder = options.run_dir + "/trainer/checkpoints";
  ASSERT_TRUE(MakeFolder(folder).ok());
  const std::unique_ptr<Group> group = MakeLoneGroup();
  const Learner learner(options, options.batch_size, torch::kCPU, *group);
  ASSERT_TRUE(SaveCheckpoint(folder, options, TrainingState(), learner).ok());
  options.precision = Precision::kAuto;
  const absl::Status status = TrainHere(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("fp16 is for GPUs"), std::string::npos) << status;
}

}  // namespace
}  // namespace moyo::trainer
