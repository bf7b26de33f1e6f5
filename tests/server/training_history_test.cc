#include "server/training_history.h"

#include <gtest/gtest.h>

namespace moyo::server {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

v1::TrainingProgress Report(uint64_t samples, double loss = 3, double top1 = 0) {
  v1::TrainingProgress report;
  report.set_samples(samples);
  report.set_policy_loss(loss);
  report.set_value_loss(0.5);
  report.set_learning_rate(0.001);
  report.set_top1(top1);
  report.set_validation_positions(top1 > 0 ? 1000 : 0);
  return report;
}

TEST(TrainingHistoryTest, KeepsWhatWasReported) {
  TrainingHistory history;
  history.Add(Report(256, 5.5), kStart);
  history.Add(Report(512, 5.25, 0.125), kStart + absl::Seconds(1));
  const v1::TrainingHistory& curves = history.curves();
  ASSERT_EQ(curves.losses_size(), 2);
  EXPECT_EQ(curves.losses(1).samples(), 512u);
  EXPECT_EQ(curves.losses(1).policy_loss(), 5.25);
  EXPECT_EQ(curves.losses(1).value_loss(), 0.5);
  EXPECT_EQ(curves.losses(1).learning_rate(), 0.001);
  EXPECT_EQ(curves.losses(1).unix_seconds(), 1'700'000'001);
  ASSERT_EQ(curves.validations_size(), 1);
  EXPECT_EQ(curves.validations(0).top1(), 0.125);
  EXPECT_EQ(curves.validations(0).positions(), 1000u);
}

TEST(TrainingHistoryTest, NothingBeforeTheFirstStep) {
  TrainingHistory history;
  history.Add(Report(0), kStart);
  EXPECT_EQ(history.curves().losses_size(), 0);
}

TEST(TrainingHistoryTest, AValidationCountsOnce) {
  TrainingHistory history;
  for (uint64_t step = 1; step <= 5; ++step) history.Add(Report(step * 256, 3, 0.25), kStart);
  history.Add(Report(6 * 256, 3, 0.5), kStart);
  ASSERT_EQ(history.curves().validations_size(), 2);
  EXPECT_EQ(history.curves().validations(0).samples(), 256u);
  EXPECT_EQ(history.curves().validations(1).samples(), 6u * 256);
}

TEST(TrainingHistoryTest, IsBoundedAndEvenlySpaced) {
  TrainingHistory history;
  constexpr uint64_t kReports = 100'000;
  for (uint64_t i = 1; i <= kReports; ++i) history.Add(Report(i * 10, 3, 1.0 / i), kStart);
  const v1::TrainingHistory& curves = history.curves();
  ASSERT_LE(curves.losses_size(), static_cast<int>(TrainingHistory::kMaxPoints));
  ASSERT_GT(curves.losses_size(), static_cast<int>(TrainingHistory::kMaxPoints) / 2);
  EXPECT_LE(curves.validations_size(), static_cast<int>(TrainingHistory::kMaxPoints));
  EXPECT_EQ(curves.losses(0).samples(), 10u) << "the beginning stays";
  for (int i = 1; i < curves.losses_size(); ++i) {
    const uint64_t apart = curves.losses(i).samples() - curves.losses(i - 1).samples();
    EXPECT_GE(apart, curves.losses_apart());
    EXPECT_LE(apart, 2 * curves.losses_apart() + 10);
  }
  EXPECT_GE(curves.losses(curves.losses_size() - 1).samples() + curves.losses_apart(),
            kReports * 10);
  EXPECT_EQ(curves.validations(curves.validations_size() - 1).samples(), kReports * 10);
  EXPECT_LT(history.Bytes().size(), 64u << 10);
}

TEST(TrainingHistoryTest, ATrainerThatGoesOnFromItsCheckpointTakesTheirPlace) {
  TrainingHistory history;
  for (uint64_t step = 1; step <= 10; ++step) {
    history.Add(Report(step * 256, 4, step >= 8 ? 0.5 : 0.25), kStart);
  }
  history.Add(Report(5 * 256, 3.5, 0.25), kStart);
  const v1::TrainingHistory& curves = history.curves();
  ASSERT_EQ(curves.losses_size(), 5);
  EXPECT_EQ(curves.losses(4).policy_loss(), 3.5);
  EXPECT_EQ(curves.losses(3).policy_loss(), 4);
  ASSERT_EQ(curves.validations_size(), 1) << "the one at 8 steps is to come again";
  EXPECT_EQ(curves.validations(0).top1(), 0.25);
}

TEST(TrainingHistoryTest, ATrainingThatBeginsAnewForgetsTheThinning) {
  TrainingHistory history;
  for (uint64_t i = 1; i <= 10'000; ++i) history.Add(Report(i * 256), kStart);
  history.Add(Report(1), kStart);
  history.Add(Report(2), kStart);
  EXPECT_EQ(history.curves().losses_size(), 2);
}

TEST(TrainingHistoryTest, OutlivesARestart) {
  TrainingHistory before;
  for (uint64_t i = 1; i <= 10'000; ++i) before.Add(Report(i * 256, 3, 0.25), kStart);
  TrainingHistory after;
  ASSERT_TRUE(after.Load(before.Bytes()));
  before.Add(Report(10'001 * 256, 2, 0.25), kStart);
  after.Add(Report(10'001 * 256, 2, 0.25), kStart);
  EXPECT_EQ(before.Bytes(), after.Bytes());
}

TEST(TrainingHistoryTest, DamagedBytesAreNoHistory) {
  TrainingHistory history;
  EXPECT_TRUE(history.Load(""));
  EXPECT_FALSE(history.Load("\xff\xff\xff"));
  EXPECT_EQ(history.curves().losses_size(), 0);
}

}  // namespace
}  // namespace moyo::server
