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

}  // namespace
}  // namespace moyo::trainer
