#include <gtest/gtest.h>

#include <cmath>

#include "tests/trainer/train/training_fixture.h"

namespace moyo::trainer {
namespace {

TEST_F(TrainingTest, GivenWeightsAreWhereTrainingStarts) {
  const TrainingOptions first = Options("first");
  ASSERT_TRUE(TrainHere(first).ok());
  TrainingOptions second = Options("second");
  second.init = first.run_dir + "/model.pt";
  second.shape = {.blocks = 3, .filters = 4};  // the file's is taken
  second.optimizer = OptimizerKind::kSgd;
  second.learning_rate = 1e-9;
  const absl::Status status = TrainHere(second);
  ASSERT_TRUE(status.ok()) << status;
  const auto a = PolicyNet::Load(second.init), b = PolicyNet::Load(second.run_dir + "/model.pt");
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ((*b)->shape(), first.shape);
  const features::BitPlanes empty;
  const NetOutput before = (*(*a)->Evaluate({&empty, 1}))[0];
  const NetOutput after = (*(*b)->Evaluate({&empty, 1}))[0];
  double difference = 0, untrained = 0;
  for (int i = 0; i < features::kPolicySize; ++i) {
    difference += std::abs(before.policy[i] - after.policy[i]);
    untrained += std::abs(before.policy[i] - 1.0 / features::kPolicySize);
  }
  EXPECT_LT(difference, 0.5 * untrained);

  // A checkpoint stands: the file is not needed any more, nor need it be named.
  std::filesystem::rename(second.init, second.init + ".moved");
  EXPECT_TRUE(TrainHere(second).ok());
  TrainingOptions unnamed = second;
  unnamed.init = "";
  const absl::Status resumed = TrainHere(unnamed);
  EXPECT_TRUE(resumed.ok()) << resumed;
  std::filesystem::rename(second.init + ".moved", second.init);

  // Other weights to start from would change nothing.
  second.init = first.run_dir + "/trainer/../model.pt";
  second.fork = true;
  const absl::Status other = TrainHere(second);
  EXPECT_NE(other.message().find("--init"), std::string::npos) << other;
}

TEST_F(TrainingTest, WeightsOfAnotherShapeThanAskedForAreRefused) {
  const TrainingOptions first = Options("first");
  ASSERT_TRUE(TrainHere(first).ok());
  TrainingOptions second = Options("second");
  second.init = first.run_dir + "/model.pt";
  second.shape = {.blocks = 3, .filters = 4};
  second.shape_from_init = false;
  const absl::Status status = TrainHere(second);
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_NE(status.message().find("--blocks 1 --filters 8"), std::string::npos) << status;
  second.init = first.run_dir + "/none.pt";
  EXPECT_TRUE(absl::IsNotFound(TrainHere(second)));
}

}  // namespace
}  // namespace moyo::trainer
