// A training whose first weights are no numbers.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/trainer/train/training_fixture.h"
#include "trainer/model/model_file.h"

namespace moyo::trainer {
namespace {

TEST_F(TrainingTest, LossThatIsNotFiniteIsNamedWithItsStep) {
  TrainingOptions options = Options("nan");
  const std::shared_ptr<Network> broken = MakeNetwork(options.shape);
  {
    torch::NoGradGuard no_grad;
    for (torch::Tensor& parameter : broken->parameters()) parameter.fill_(NAN);
  }
  options.init = folder_ + "/broken.pt";
  ASSERT_TRUE(MakeFolder(folder_).ok());
  ASSERT_TRUE(SaveModel(*broken, options.init).ok());
  const absl::Status status = TrainHere(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_NE(status.message().find("the loss is not finite at step 1, epoch 1"), std::string::npos)
      << status;
}

}  // namespace
}  // namespace moyo::trainer
