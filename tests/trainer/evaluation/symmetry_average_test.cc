#include "trainer/evaluation/symmetry_average.h"

#include <gtest/gtest.h>

#include "tests/play/fake_evaluator.h"

namespace moyo::evaluation {
namespace {

// Prefers the point where the side to move has its one stone; sees a win when that is the upper
// left corner.
class FollowsTheStone final : public Evaluator {
 public:
  absl::StatusOr<std::vector<Evaluation>> Evaluate(
      std::span<const features::BitPlanes> positions) override {
    std::vector<Evaluation> evaluations(positions.size());
    for (size_t i = 0; i < positions.size(); ++i) {
      for (int index = 0; index < features::kPointCount; ++index) {
        if (positions[i].history[0][index / 64] >> (index % 64) & 1) {
          evaluations[i].policy[index] = 0.5f;
          if (index == 0) evaluations[i].value = 1;
        }
      }
      evaluations[i].policy[features::kPointCount] = 0.25f;
    }
    return evaluations;
  }
};

features::BitPlanes StoneAt(int index) {
  features::BitPlanes planes;
  planes.history[0][index / 64] = uint64_t{1} << (index % 64);
  planes.to_move = go::Color::kWhite;
  return planes;
}

TEST(SymmetryAverageTest, AnswersAreTurnedBack) {
  FollowsTheStone network;
  SymmetryAverage average(network);
  const std::vector<features::BitPlanes> positions = {StoneAt(3 * 19 + 15), StoneAt(0)};
  const auto means = average.Evaluate(positions);
  ASSERT_TRUE(means.ok());
  EXPECT_FLOAT_EQ(means->at(0).policy[3 * 19 + 15], 0.5f);
  EXPECT_FLOAT_EQ(means->at(0).policy[15 * 19 + 3], 0);
  EXPECT_FLOAT_EQ(means->at(0).policy[features::kPointCount], 0.25f);
  // A corner comes to the upper left twice in eight turns.
  EXPECT_FLOAT_EQ(means->at(1).value, 0.25f);
}

TEST(SymmetryAverageTest, TurningKeepsStonesAndTurn) {
  for (int symmetry = 0; symmetry < 8; ++symmetry) {
    const features::BitPlanes turned = Turned(StoneAt(1), symmetry);
    int stones = 0;
    for (const uint64_t word : turned.history[0]) stones += std::popcount(word);
    EXPECT_EQ(stones, 1);
    EXPECT_EQ(turned.to_move, go::Color::kWhite);
  }
  EXPECT_EQ(Turned(StoneAt(1), 0).history, StoneAt(1).history);
  EXPECT_EQ(Turned(StoneAt(1), 1).history, StoneAt(17).history);
}

TEST(SymmetryAverageTest, AnErrorOfTheNetworkIsHandedOn) {
  play::FakeEvaluator network;
  network.failure = absl::InternalError("broken");
  EXPECT_EQ(SymmetryAverage(network).Evaluate(std::vector{StoneAt(1)}).status(), network.failure);
}

}  // namespace
}  // namespace moyo::evaluation
