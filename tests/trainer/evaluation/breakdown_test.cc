#include "trainer/evaluation/breakdown.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace moyo::evaluation {
namespace {

// Prefers one move.
Evaluation Sure(int index, float value = 0) {
  Evaluation evaluation;
  evaluation.policy[index] = 1;
  evaluation.value = value;
  return evaluation;
}

TEST(BreakdownTest, PartsHaveTheirPositionsAlone) {
  Breakdown breakdown;
  breakdown.Add({.played_index = 3, .ply = 0, .rank = 5}, Sure(3));
  breakdown.Add({.played_index = 3, .ply = 19, .rank = 5}, Sure(4));
  breakdown.Add({.played_index = 3, .ply = 20, .rank = -7}, Sure(3));
  breakdown.Add({.played_index = 3, .ply = 149, .rank = 19}, Sure(3));
  breakdown.Add({.played_index = 3, .ply = 900}, Sure(3));
  EXPECT_EQ(breakdown.total().positions, 5u);
  EXPECT_DOUBLE_EQ(breakdown.total().top1, 0.8);

  const auto bands = breakdown.by_move();
  ASSERT_EQ(bands.size(), 4u);
  EXPECT_EQ(bands[0].name, "1-20");
  EXPECT_EQ(bands[0].metrics.positions, 2u);
  EXPECT_DOUBLE_EQ(bands[0].metrics.top1, 0.5);
  EXPECT_EQ(bands[1].name, "21-40");
  EXPECT_EQ(bands[2].name, "141-160");
  EXPECT_EQ(bands[3].name, "281-");

  const auto phases = breakdown.by_phase();
  ASSERT_EQ(phases.size(), 3u);
  EXPECT_EQ(phases[0].metrics.positions, 3u);
  EXPECT_EQ(phases[1].name, "middle game");
  EXPECT_EQ(phases[1].metrics.positions, 1u);

  std::vector<std::string> ranks;
  for (const auto& part : breakdown.by_rank()) ranks.push_back(part.name);
  EXPECT_EQ(ranks, (std::vector<std::string>{"7k", "5d", "9p", "unknown"}));
}

TEST(BreakdownTest, CalibrationComparesPromiseAndOutcome) {
  Breakdown breakdown;
  for (int i = 0; i < 4; ++i)
    breakdown.Add({.won = i < 3}, Sure(0, 0.5f));  // 75% promised, 75% won
  for (int i = 0; i < 4; ++i)
    breakdown.Add({.won = i < 2}, Sure(0, -0.8f));  // 10% promised, 50% won
  breakdown.Add({}, Sure(0, 1));                    // not known
  const auto bins = breakdown.calibration();
  ASSERT_EQ(bins.size(), 2u);
  EXPECT_EQ(bins[0].positions, 4u);
  EXPECT_NEAR(bins[0].promised, 0.1, 1e-6);
  EXPECT_NEAR(bins[0].won, 0.5, 1e-9);
  EXPECT_NEAR(bins[1].promised, 0.75, 1e-6);
  EXPECT_NEAR(bins[1].won, 0.75, 1e-9);
  EXPECT_NEAR(*breakdown.calibration_error(), 0.2, 1e-6);
}

TEST(BreakdownTest, ExtremeAndBrokenValuesHaveAPlace) {
  Breakdown breakdown;
  for (const float value : {-1.0f, 1.0f, std::nanf("")})
    breakdown.Add({.won = true}, Sure(0, value));
  EXPECT_EQ(breakdown.calibration().size(), 2u);
  EXPECT_FALSE(Breakdown().calibration_error().has_value());
}

TEST(BreakdownTest, JsonHoldsEveryPart) {
  Breakdown breakdown;
  breakdown.Add({.played_index = 3, .won = true, .ply = 60, .rank = 2}, Sure(3, 0.5f));
  const auto json = BreakdownJson(breakdown);
  EXPECT_EQ(json["positions"], 1);
  EXPECT_EQ(json["top1"], 1.0);
  EXPECT_EQ(json["by_move"][0]["name"], "61-80");
  EXPECT_EQ(json["by_phase"][0]["name"], "middle game");
  EXPECT_EQ(json["by_rank"][0]["name"], "2d");
  EXPECT_EQ(json["by_rank"][0]["top5"], 1.0);
  EXPECT_EQ(json["calibration"][0]["won"], 1.0);
  EXPECT_NEAR(json["calibration_error"], 0.25, 1e-6);
  EXPECT_TRUE(BreakdownJson(Breakdown())["calibration_error"].is_null());
}

}  // namespace
}  // namespace moyo::evaluation
