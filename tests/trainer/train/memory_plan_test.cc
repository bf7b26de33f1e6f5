#include "trainer/train/memory_plan.h"

#include <gtest/gtest.h>

namespace moyo::trainer {
namespace {

TEST(MemoryPlanTest, BudgetThatIsTooSmallIsRefusedWithTheLeastThatWorks) {
  TrainingOptions options;
  options.memory_budget_bytes = uint64_t{100} << 20;
  const absl::Status status = PlanMemory(options, 1 << 20).status();
  ASSERT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  const std::string text(status.message());
  const size_t at = text.find("--memory-budget ");
  ASSERT_NE(at, std::string::npos) << text;
  options.memory_budget_bytes = std::stoull(text.substr(at + 16)) << 20;
  EXPECT_TRUE(PlanMemory(options, 1 << 20).ok()) << text;
}

TEST(MemoryPlanTest, DefaultsFitTheDefaultBudget) {
  EXPECT_TRUE(PlanMemory(TrainingOptions(), uint64_t{1} << 30).ok());
}

TEST(MemoryPlanTest, ShortMemoryMakesMicroBatchesBeforeItRefuses) {
  TrainingOptions options;
  const MemoryPlan whole = *PlanMemory(options, 0);
  EXPECT_EQ(whole.micro_batch, options.batch_size);
  options.memory_budget_bytes = whole.total_bytes() - 1;
  const auto plan = PlanMemory(options, 0);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->micro_batch, options.batch_size / 2);
  EXPECT_LE(plan->total_bytes(), options.memory_budget_bytes);
}

TEST(MemoryPlanTest, ChosenMicroBatchIsKeptOrRefused) {
  TrainingOptions options;
  options.micro_batch = 100;
  const MemoryPlan plan = *PlanMemory(options, 0);
  EXPECT_EQ(plan.micro_batch, 100u);
  options.memory_budget_bytes = plan.total_bytes() - 1;
  const absl::Status status = PlanMemory(options, 0).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_NE(status.message().find("smaller --micro-batch"), std::string::npos) << status;
}

TEST(MemoryPlanTest, GamesThatDoNotFitAreTrainedInWindows) {
  TrainingOptions options;
  options.memory_budget_bytes = uint64_t{1} << 30;
  const auto plan = PlanMemory(options, uint64_t{10} << 30);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_LE(plan->total_bytes(), options.memory_budget_bytes);
  EXPECT_GE(plan->games_bytes, kLeastGamesBytes);
  EXPECT_NE(plan->ToString().find("of 10.0 GiB"), std::string::npos) << plan->ToString();
  EXPECT_GT(plan->micro_batch, kLeastPlannedMicroBatch);
}

TEST(MemoryPlanTest, LeastBudgetWithWindowsWorks) {
  TrainingOptions options;
  options.memory_budget_bytes = uint64_t{64} << 20;
  const std::string text(PlanMemory(options, uint64_t{10} << 30).status().message());
  const size_t at = text.find("--memory-budget ");
  ASSERT_NE(at, std::string::npos) << text;
  options.memory_budget_bytes = std::stoull(text.substr(at + 16)) << 20;
  EXPECT_TRUE(PlanMemory(options, uint64_t{10} << 30).ok()) << text;
}

}  // namespace
}  // namespace moyo::trainer
