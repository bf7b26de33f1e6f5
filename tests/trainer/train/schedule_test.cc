#include "trainer/train/schedule.h"

#include <gtest/gtest.h>

namespace moyo::trainer {
namespace {

TEST(ScheduleTest, CosineRisesThenFallsToZero) {
  const TrainingOptions options{
      .learning_rate = 0.01, .schedule = ScheduleKind::kCosine, .warmup = 0.1};
  EXPECT_GT(LearningRateAt(options, 0), 0);
  EXPECT_NEAR(LearningRateAt(options, 0.05), 0.005, 1e-9);
  EXPECT_NEAR(LearningRateAt(options, 0.1), 0.01, 1e-9);
  EXPECT_NEAR(LearningRateAt(options, 0.55), 0.005, 1e-9);
  EXPECT_NEAR(LearningRateAt(options, 1), 0, 1e-9);
  EXPECT_NEAR(LearningRateAt(options, 2), 0, 1e-9);
}

TEST(ScheduleTest, ConstantStaysAfterTheWarmUp) {
  const TrainingOptions options{
      .learning_rate = 0.01, .schedule = ScheduleKind::kConstant, .warmup = 0};
  EXPECT_EQ(LearningRateAt(options, 0), 0.01);
  EXPECT_EQ(LearningRateAt(options, 0.9), 0.01);
}

TEST(ScheduleTest, StepFallsAtEachShare) {
  TrainingOptions options;
  options.learning_rate = 1;
  options.schedule = ScheduleKind::kStep;
  options.decay_at = {0.5, 0.75};
  options.warmup = 0;
  EXPECT_EQ(LearningRateAt(options, 0.49), 1);
  EXPECT_NEAR(LearningRateAt(options, 0.5), 0.1, 1e-12);
  EXPECT_NEAR(LearningRateAt(options, 1), 0.01, 1e-12);
}

}  // namespace
}  // namespace moyo::trainer
