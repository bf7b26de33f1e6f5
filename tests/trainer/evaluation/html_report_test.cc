#include "trainer/evaluation/html_report.h"

#include <gtest/gtest.h>

#include "trainer/evaluation/svg.h"

namespace moyo::evaluation {
namespace {

Evaluation Guess(int index, float probability) {
  Evaluation evaluation;
  evaluation.policy[index] = probability;
  evaluation.value = 0.5f;
  return evaluation;
}

TEST(ExampleBoardsTest, TheSurestOfEachKindAreKeptOneAGame) {
  ExampleBoards examples;
  for (int game = 1; game <= 5; ++game) {
    examples.Add({}, {.played_index = 7}, game, Guess(7, 0.1f * game));
    examples.Add({}, {.played_index = 7, .ply = 9}, game, Guess(7, 0.1f * game + 0.01f));
  }
  examples.Add({}, {.played_index = 7}, 9, Guess(8, 0.3f));
  ASSERT_EQ(examples.right().size(), ExampleBoards::kKept);
  EXPECT_EQ(examples.right()[0].game, 5u);
  EXPECT_EQ(examples.right()[0].facts.ply, 9u);
  EXPECT_EQ(examples.right()[2].game, 3u);
  ASSERT_EQ(examples.wrong().size(), 1u);
  EXPECT_EQ(examples.wrong()[0].best[0].first, 8);
}

TEST(HtmlReportTest, PageHoldsTablesCurvesAndBoardsAndNeedsNothingElse) {
  Breakdown plain, averaged;
  ExampleBoards examples;
  for (uint32_t ply = 0; ply < 60; ply += 10) {
    const PositionFacts facts{.played_index = 72, .won = ply % 20 == 0, .ply = ply, .rank = 9};
    plain.Add(facts, Guess(72, 0.5f));
    averaged.Add(facts, Guess(72, 0.6f));
    examples.Add({}, facts, ply + 1, Guess(72, 0.5f));
  }
  const std::string curve =
      "seconds,samples,learning_rate,policy_loss,value_loss,positions,top1,top5,nats,value_"
      "accuracy\n"
      "1,100,0.1,5.5,1,64,0.1,0.2,5.4,0.5\n2,200,0.1,4.5,1,64,0.2,0.4,4.4,0.6\n";
  const std::string html = HtmlReport({.title = "A <model>",
                                       .curve_csv = curve,
                                       .plain = plain,
                                       .averaged = &averaged,
                                       .examples = examples});
  for (const char* text : {"A &lt;model&gt;", "mean of eight", "middle game", "<td>9d</td>",
                           "Calibration", "Training", "Game 1, move 1, Black played", "Q16"}) {
    EXPECT_NE(html.find(text), std::string::npos) << text;
  }
  EXPECT_EQ(html.find("A <model>"), std::string::npos);
  for (const char* outside : {"http:", "https:", "<script", "src="}) {
    EXPECT_EQ(html.find(outside), std::string::npos) << outside;
  }
}

int Count(const std::string& text, const std::string& part) {
  int count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++count;
  return count;
}

TEST(LineChartTest, SinglePointHasOneLabelAndItsSeriesAColour) {
  const std::string svg = LineChart({{.name = "a & b", .points = {{300, 0.5}}}},
                                    {.x_label = "samples", .y_label = "share"});
  EXPECT_EQ(Count(svg, ">300<"), 1);
  EXPECT_EQ(Count(svg, "style=\"fill:#"), 1);
  EXPECT_EQ(Count(svg, "a &amp; b"), 1);
}

TEST(LineChartTest, DiagonalGoesFromNothingToAll) {
  const std::string svg = LineChart({{.name = "a", .points = {{0.5, 0.5}, {0.6, 0.7}}}},
                                    {.x_label = "x", .y_label = "y", .diagonal = true});
  EXPECT_EQ(Count(svg, ">0.4<"), 2);  // of either axis
}

TEST(HtmlReportTest, CurveOfAnotherFormatAndUnknownWinnersAreLeftOut) {
  Breakdown plain;
  plain.Add({.played_index = 1}, Guess(1, 1));
  const std::string html = HtmlReport(
      {.title = "t", .curve_csv = "a,b\n1,2\n", .plain = plain, .examples = ExampleBoards()});
  EXPECT_EQ(html.find("<h2>Training"), std::string::npos);
  EXPECT_NE(html.find("No game has a known winner"), std::string::npos);
}

// Two validations were trained anew after a kill, and a full disk cut a row.
TEST(HtmlReportTest, RowsTrainedAnewAndCutOnesAreNotDrawn) {
  const std::string heading =
      "seconds,samples,learning_rate,policy_loss,value_loss,positions,top1,top5,nats,value_"
      "accuracy\n";
  const auto row = [](int samples, const char* top1) {
    return "1," + std::to_string(samples) + ",0.004,3,1,100," + top1 + ",0.5,3,0.5\n";
  };
  const auto page = [&](const std::string& rows) {
    return HtmlReport({.title = "t",
                       .curve_csv = heading + rows,
                       .plain = Breakdown(),
                       .examples = ExampleBoards()});
  };
  const std::string right = page(row(100, "0.1") + row(200, "0.2") + row(300, "0.3"));
  EXPECT_NE(right.find("<h2>Training"), std::string::npos);
  EXPECT_EQ(page(row(100, "0.1") + row(200, "0.7") + row(300, "0.8") + row(200, "0.2") +
                 "1,250,0.0\n" + row(300, "0.3")),
            right);
}

TEST(LineChartTest, WithoutAPointThereIsNoChart) {
  EXPECT_EQ(LineChart({}, {}), "");
  EXPECT_EQ(LineChart({{.name = "empty", .points = {}}}, {}), "");
  EXPECT_NE(LineChart({{.name = "one", .points = {{1, 0.5}}}}, {}).find("<circle"),
            std::string::npos);
}

}  // namespace
}  // namespace moyo::evaluation
