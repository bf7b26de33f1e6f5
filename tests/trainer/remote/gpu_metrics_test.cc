#include "trainer/remote/gpu_metrics.h"

#include <gtest/gtest.h>

namespace moyo::trainer {
namespace {

TEST(GpuMetricsTest, ShowWhatWasRead) {
  const auto families =
      GpuMetrics([] { return GpuMemory{.used_bytes = 3, .total_bytes = 80}; }).Collect();
  ASSERT_EQ(families.size(), 2u);
  EXPECT_EQ(families[0].name, "moyo_training_gpu_memory_used_bytes");
  EXPECT_EQ(families[0].metric.at(0).gauge.value, 3);
  EXPECT_EQ(families[1].name, "moyo_training_gpu_memory_total_bytes");
  EXPECT_EQ(families[1].metric.at(0).gauge.value, 80);
}

TEST(GpuMetricsTest, ShowNothingWithoutAGpu) {
  EXPECT_TRUE(GpuMetrics([] { return std::nullopt; }).Collect().empty());
}

// This process has given the GPU nothing to do, if there is one.
TEST(GpuMetricsTest, AskingUsesNoGpu) {
  EXPECT_FALSE(ReadGpuMemory().has_value());
  EXPECT_TRUE(GpuMetrics().Collect().empty());
}

}  // namespace
}  // namespace moyo::trainer
