#include "trainer/train/loss_scaler.h"

#include <gtest/gtest.h>

#include <sstream>
#include <vector>

#include "tests/trainer/data/made_dataset.h"
#include "trainer/data/sampler.h"
#include "trainer/train/learner.h"

namespace moyo::trainer {
namespace {

using Verdict = LossScaler::Verdict;

TEST(LossScalerTest, OverflowHalvesTheScaleAndCostsTheStep) {
  LossScaler scaler(true, 8);
  EXPECT_EQ(scaler.Judge(true), Verdict::kTake);
  EXPECT_EQ(scaler.Judge(false), Verdict::kSkip);
  EXPECT_EQ(scaler.scale(), 4);
  EXPECT_EQ(scaler.skipped(), 1);
}

TEST(LossScalerTest, GoodStepsInARowDoubleTheScaleUpToItsLargest) {
  LossScaler scaler(true, LossScaler::kLargest / 2);
  const auto good_steps = [&](int64_t count) {
    for (int64_t i = 0; i < count; ++i) EXPECT_EQ(scaler.Judge(true), Verdict::kTake);
  };
  good_steps(LossScaler::kGrowthInterval - 1);
  EXPECT_EQ(scaler.scale(), LossScaler::kLargest / 2);
  scaler.Judge(false);  // the row begins anew
  good_steps(LossScaler::kGrowthInterval - 1);
  EXPECT_EQ(scaler.scale(), LossScaler::kLargest / 4);
  good_steps(1 + 2 * LossScaler::kGrowthInterval);
  EXPECT_EQ(scaler.scale(), LossScaler::kLargest);
}

TEST(LossScalerTest, OverflowAtTheLeastScaleIsHopeless) {
  LossScaler scaler(true, 2);
  EXPECT_EQ(scaler.Judge(false), Verdict::kSkip);
  EXPECT_EQ(scaler.Judge(false), Verdict::kHopeless);
}

TEST(LossScalerTest, SwitchedOffItScalesAndSkipsNothing) {
  LossScaler scaler(false, 65536);
  EXPECT_EQ(scaler.scale(), 1);
  EXPECT_EQ(scaler.Judge(false), Verdict::kHopeless);
  EXPECT_EQ(scaler.skipped(), 0);
}

class ScaledLearnerTest : public testing::Test {
 protected:
  ScaledLearnerTest() {
    dataset_.AddShard(MadeColumns(4), {});
    options_.shape = {.blocks = 1, .filters = 8, .architecture = Architecture::kGlobalPooling};
    options_.precision = Precision::kFp16;
  }

  // Of so many steps, from the first on.
  std::vector<StepResult> Steps(Learner& learner, uint64_t first, uint64_t count) {
    Sampler sampler(dataset_, dataset_.training(), 1, Augment::kOff);
    std::vector<StepResult> results;
    for (uint64_t step = first; step < first + count; ++step) {
      Batch batch;
      sampler.Draw(8 * step, 8, batch);
      batch.whole_size = batch.size();
      results.push_back(*learner.Step(batch, 0.01));
    }
    return results;
  }
  Learner Make(const TrainingOptions& options) {
    at::set_num_threads(1);
    return Learner(options, 8, torch::kCPU, *group_);
  }

  Dataset dataset_{0};
  TrainingOptions options_;
  const std::unique_ptr<Group> group_ = MakeLoneGroup();
};

TEST_F(ScaledLearnerTest, ScaleIsNotSeenInTheLosses) {
  TrainingOptions plain = options_;
  plain.precision = Precision::kFp32;
  Learner scaled = Make(options_), unscaled = Make(plain);
  const auto a = Steps(scaled, 0, 5), b = Steps(unscaled, 0, 5);
  for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i].policy_loss, b[i].policy_loss, 1e-4) << i;
  EXPECT_EQ(scaled.scaler().scale(), 65536);
}

TEST_F(ScaledLearnerTest, OverflowSkipsStepsUntilTheScaleFitsAndResumesExactly) {
  options_.loss_scale = 1e38;
  Learner learner = Make(options_);
  const auto before = Steps(learner, 0, 2);
  EXPECT_TRUE(before[0].skipped && before[1].skipped);
  EXPECT_TRUE(before[0].finite);
  EXPECT_EQ(learner.scaler().skipped(), 2);

  std::stringstream bytes;
  torch::serialize::OutputArchive out;
  learner.Save(out);
  out.save_to(bytes);
  const auto rest = Steps(learner, 2, 120);
  EXPECT_FALSE(rest.back().skipped);

  Learner resumed = Make(options_);
  torch::serialize::InputArchive in;
  in.load_from(bytes);
  resumed.Load(in);
  const auto again = Steps(resumed, 2, 120);
  for (size_t i = 0; i < rest.size(); ++i) {
    EXPECT_EQ(again[i].policy_loss, rest[i].policy_loss) << i;
    EXPECT_EQ(again[i].skipped, rest[i].skipped) << i;
  }
  EXPECT_EQ(resumed.scaler().scale(), learner.scaler().scale());
  EXPECT_EQ(resumed.scaler().skipped(), learner.scaler().skipped());
}

}  // namespace
}  // namespace moyo::trainer
