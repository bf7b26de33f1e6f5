#include "trainer/train/value_scale.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace moyo::trainer {
namespace {

struct Games {
  std::vector<float> values, results;
};

// Results drawn by the chances that values of `truth` times these logits promise.
Games Drawn(double truth, size_t count) {
  Games games;
  std::mt19937 random(1);
  std::normal_distribution<double> logits(0, 1);
  std::uniform_real_distribution<double> chance(0, 1);
  for (size_t i = 0; i < count; ++i) {
    const double logit = logits(random);
    games.values.push_back(static_cast<float>(std::tanh(logit)));
    games.results.push_back(chance(random) < (1 + std::tanh(truth * logit)) / 2 ? 1.f : -1.f);
  }
  return games;
}

TEST(ValueScaleTest, ValuesThatPromiseTooMuchAreMadeSmaller) {
  const Games games = Drawn(0.25, 20000);
  EXPECT_NEAR(FitValueScale(games.values, games.results), 0.25, 0.05);
}

TEST(ValueScaleTest, ValuesThatPromiseTooLittleAreMadeLargerAndRightOnesStay) {
  const Games modest = Drawn(2, 20000);
  EXPECT_NEAR(FitValueScale(modest.values, modest.results), 2, 0.3);
  const Games right = Drawn(1, 20000);
  EXPECT_NEAR(FitValueScale(right.values, right.results), 1, 0.1);
}

TEST(ValueScaleTest, ValuesThatSayNothingAreNearlySilent) {
  const Games games = Drawn(0, 20000);
  EXPECT_LT(FitValueScale(games.values, games.results), 0.05);
}

TEST(ValueScaleTest, TooFewResultsAndUnknownOnesChangeNothing) {
  Games games = Drawn(0.1, kMinScaledResults - 1);
  EXPECT_EQ(FitValueScale(games.values, games.results), 1);
  games.values.resize(1000, 0.9f);
  games.results.resize(1000, 0.f);
  EXPECT_EQ(FitValueScale(games.values, games.results), 1);
  EXPECT_EQ(FitValueScale({}, {}), 1);
}

TEST(ValueScaleTest, ValuesAtTheirBoundAndBrokenOnesAreTaken) {
  Games games = Drawn(1, 1000);
  for (float& value : games.values) value = value > 0 ? 1.f : -1.f;
  games.values[0] = std::numeric_limits<float>::quiet_NaN();
  const double scale = FitValueScale(games.values, games.results);
  EXPECT_GT(scale, 0.1);
  EXPECT_LT(scale, 0.5);
}

}  // namespace
}  // namespace moyo::trainer
