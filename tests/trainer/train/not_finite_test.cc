// Trainings and validations of weights that are no numbers.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/trainer/train/training_fixture.h"
#include "trainer/model/model_file.h"
#include "trainer/train/validator.h"

namespace moyo::trainer {
namespace {

std::shared_ptr<Network> BrokenNetwork(const NetShape& shape) {
  const std::shared_ptr<Network> broken = MakeNetwork(shape);
  torch::NoGradGuard no_grad;
  for (torch::Tensor& parameter : broken->parameters()) parameter.fill_(NAN);
  return broken;
}

TEST_F(TrainingTest, LossThatIsNotFiniteIsNamedWithItsStep) {
  TrainingOptions options = Options("nan");
  const std::shared_ptr<Network> broken = BrokenNetwork(options.shape);
  options.init = folder_ + "/broken.pt";
  ASSERT_TRUE(MakeFolder(folder_).ok());
  ASSERT_TRUE(SaveModel(*broken, options.init).ok());
  const absl::Status status = TrainHere(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_NE(status.message().find("the loss is not finite at step 1, epoch 1"), std::string::npos)
      << status;
}

// A checkpoint keeps the result as JSON, which has no NaN.
TEST_F(TrainingTest, ValidationOfABrokenNetworkIsFinite) {
  Dataset games(50);
  games.AddShard(*MakeShards(4, 10)->Read(0), {});
  ASSERT_GT(games.validation().size(), 0u);
  const std::shared_ptr<Network> broken = BrokenNetwork({.blocks = 1, .filters = 8});
  const ValidationResult result = Validate(games, *broken, Precision::kFp32, 100);
  EXPECT_NEAR(result.nats, -std::log(std::numeric_limits<float>::min()), 1e-3);
  EXPECT_EQ(result.value_accuracy, 0);
}

}  // namespace
}  // namespace moyo::trainer
