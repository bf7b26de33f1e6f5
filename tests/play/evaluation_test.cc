#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/base/files.h"
#include "gtest/gtest.h"
#include "play/eval_command.h"
#include "play/suggest_command.h"
#include "tests/play/fake_evaluator.h"
#include "tests/support/temp_folder.h"
#include "trainer/evaluation/game_evaluation.h"

namespace moyo::play {
namespace {

using evaluation::MetricsJson;
using evaluation::SampleIndices;

go::GameRecord MadeGame() {
  go::GameRecord game;
  game.info.winner = go::Winner::kBlack;
  go::Color color = go::Color::kBlack;
  for (const char* vertex : {"Q16", "D4", "Q3", "pass"}) {
    game.moves.push_back({*go::ParseVertex(vertex, 19), color});
    color = go::Opposite(color);
  }
  return game;
}

TEST(SuggestTest, ValueOfADamagedNetworkIsNull) {
  FakeEvaluator network;
  network.answer.value = NAN;
  std::ostringstream out;
  ASSERT_TRUE(RunSuggest({.json = true}, network, out).ok());
  EXPECT_TRUE(nlohmann::json::parse(out.str()).at("value").is_null()) << out.str();
}

TEST(GameEvaluationTest, MetricsOfAMadeCase) {
  FakeEvaluator network;
  network.answer.policy.fill(0);
  network.Prefer("Q16", 0.5f);
  network.Prefer("D4", 0.25f);
  network.Prefer("K10", 0.2f);
  network.Prefer("pass", 0.04f);
  network.Prefer("A1", 0.006f);
  network.Prefer("Q3", 0.004f);
  network.answer.value = 0.5f;  // whoever moves wins: right for Black's two positions
  GameEvaluation evaluation(network, {.batch_size = 3});
  ASSERT_TRUE(*evaluation.Add(MadeGame()));
  ASSERT_TRUE(evaluation.Finish().ok());
  EXPECT_EQ(network.batch_sizes, (std::vector<size_t>{3, 1}));
  const Metrics metrics = evaluation.Result();
  EXPECT_EQ(metrics.positions, 4u);
  EXPECT_DOUBLE_EQ(metrics.top1, 0.25);
  EXPECT_DOUBLE_EQ(metrics.top5, 0.75);  // Q3 ranks sixth
  EXPECT_NEAR(metrics.nats,
              -(std::log(0.5) + std::log(0.25) + std::log(0.04) + std::log(0.004)) / 4, 1e-6);
  EXPECT_DOUBLE_EQ(*metrics.value_accuracy, 0.5);
}

TEST(GameEvaluationTest, EqualProbabilitiesGiveNoFreeHits) {
  FakeEvaluator network;
  network.answer.policy.fill(1.0f / 362);
  GameEvaluation evaluation(network, {});
  ASSERT_TRUE(*evaluation.Add(MadeGame()));
  ASSERT_TRUE(evaluation.Finish().ok());
  EXPECT_EQ(evaluation.Result().top5, 0);
}

TEST(GameEvaluationTest, GameWithoutWinnerLeavesValueUnknown) {
  FakeEvaluator network;
  go::GameRecord game = MadeGame();
  game.info.winner = go::Winner::kUnknown;
  GameEvaluation evaluation(network, {});
  ASSERT_TRUE(*evaluation.Add(game));
  ASSERT_TRUE(evaluation.Finish().ok());
  EXPECT_FALSE(evaluation.Result().value_accuracy.has_value());
  EXPECT_TRUE(MetricsJson(evaluation.Result()).at("value_accuracy").is_null());
}

TEST(GameEvaluationTest, OtherSizesAreLeftAsideAndIllegalTailsToo) {
  FakeEvaluator network;
  GameEvaluation evaluation(network, {});
  go::GameRecord game = MadeGame();
  game.info.board_size = 13;
  EXPECT_FALSE(*evaluation.Add(game));
  game.info.board_size = 19;
  game.moves[2].point = game.moves[1].point;
  EXPECT_TRUE(*evaluation.Add(game));
  ASSERT_TRUE(evaluation.Finish().ok());
  EXPECT_EQ(evaluation.Result().positions, 2u);
}

TEST(SampleIndicesTest, SampleIsAscendingBoundedAndRepeatable) {
  const std::vector<size_t> sample = SampleIndices(200, 10, 4);
  EXPECT_EQ(sample.size(), 10u);
  EXPECT_TRUE(std::is_sorted(sample.begin(), sample.end()));
  EXPECT_LT(sample.back(), 200u);
  EXPECT_EQ(sample, SampleIndices(200, 10, 4));
  EXPECT_NE(sample, SampleIndices(200, 10, 5));
  EXPECT_EQ(SampleIndices(3, 10, 1), (std::vector<size_t>{0, 1, 2}));
}

TEST(MetricsJsonTest, HoldsExactlyTheFiveNames) {
  const Metrics metrics{
      .positions = 4, .top1 = 0.25, .top5 = 0.5, .nats = 2, .value_accuracy = 0.75};
  EXPECT_EQ(MetricsJson(metrics).dump(),
            R"({"positions":4,"top1":0.25,"top5":0.5,"nats":2.0,"value_accuracy":0.75})");
}

class CommandTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(MakeFolder(folder_ + "/below").ok());
    ASSERT_TRUE(WriteFileAtomically(folder_ + "/two.sgf",
                                    "(;SZ[19]RE[B+R];B[pd];W[dp];B[pq])(;SZ[9];B[ee])")
                    .ok());
    ASSERT_TRUE(WriteFileAtomically(folder_ + "/below/one.sgf", "(;SZ[19];B[pd];B[dp])").ok());
    ASSERT_TRUE(WriteFileAtomically(folder_ + "/notes.txt", "no game here").ok());
  }
  const test::TempFolder temp_;
  const std::string& folder_ = temp_.path();
  FakeEvaluator network_;
  std::ostringstream out_, progress_;
};

TEST_F(CommandTest, EvalReadsFoldersWithAllBelow) {
  ASSERT_TRUE(RunEval({.games = {folder_}, .json = true}, network_, out_, {progress_}).ok());
  EXPECT_EQ(out_.str().find("{\"positions\":5,"), 0u) << out_.str();
}

TEST_F(CommandTest, EvalStopsAtTheLimitAndSamples) {
  const EvalOptions options{
      .games = {folder_}, .limit = 1, .evaluation = {.positions_per_game = 1}, .json = true};
  ASSERT_TRUE(RunEval(options, network_, out_, {progress_}).ok());
  EXPECT_EQ(out_.str().find("{\"positions\":1,"), 0u) << out_.str();
}

TEST_F(CommandTest, EvalGivesPartsAndTheMeanOfEightWhenAsked) {
  EvalOptions options{.games = {folder_}, .json = true};
  ASSERT_TRUE(RunEval(options, network_, out_, {progress_}).ok());
  auto json = nlohmann::json::parse(out_.str());
  EXPECT_EQ(json["games"], 2);
  EXPECT_EQ(json["by_phase"][0]["positions"], 5);
  EXPECT_TRUE(json["averaged"].is_null());
  out_.str("");
  options.evaluation.average_symmetries = true;
  ASSERT_TRUE(RunEval(options, network_, out_, {progress_}).ok());
  json = nlohmann::json::parse(out_.str());
  EXPECT_EQ(json["averaged"]["positions"], 5);
  EXPECT_EQ(json["averaged"]["by_rank"][0]["name"], "unknown");
}

TEST_F(CommandTest, EvalWritesAPageAndSaysWhatItCannotRead) {
  EvalOptions options{.games = {folder_}, .report = folder_ + "/report.html", .title = "made"};
  ASSERT_TRUE(RunEval(options, network_, out_, {progress_}).ok());
  const auto page = ReadFile(options.report);
  ASSERT_TRUE(page.ok());
  EXPECT_NE(page->find("<title>made</title>"), std::string::npos);
  options.curve = folder_ + "/none.csv";
  network_.batch_sizes.clear();
  EXPECT_TRUE(absl::IsNotFound(RunEval(options, network_, out_, {progress_})));
  EXPECT_TRUE(network_.batch_sizes.empty());  // said before the games are evaluated
}

TEST_F(CommandTest, EvalGivesTheFiguresWhenThePageCannotBeWritten) {
  const EvalOptions options{
      .games = {folder_}, .json = true, .report = folder_ + "/none/report.html"};
  const absl::Status status = RunEval(options, network_, out_, {progress_});
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_NE(status.message().find(options.report), std::string::npos) << status;
  EXPECT_EQ(nlohmann::json::parse(out_.str(), nullptr, false).value("positions", 0), 5)
      << out_.str();
}

TEST_F(CommandTest, EvalCountsFilesAndGamesThatCannotBeRead) {
  const EvalOptions options{.games = {folder_}, .json = true};
  ASSERT_TRUE(RunEval(options, network_, out_, {progress_}).ok());
  auto json = nlohmann::json::parse(out_.str());
  EXPECT_EQ(json["skipped_files"], 0);
  EXPECT_EQ(json["unreadable_games"], 0);
  EXPECT_EQ(progress_.str().find("not counted"), std::string::npos) << progress_.str();

  ASSERT_TRUE(WriteFileAtomically(folder_ + "/broken.zip", "PK\x03\x04 but no zip").ok());
  const std::string over_the_limit = "(;SZ[19]C[" + std::string(5 << 20, 'x') + "];B[aa])";
  ASSERT_TRUE(WriteFileAtomically(folder_ + "/long.sgf", over_the_limit).ok());
  out_.str("");
  ASSERT_TRUE(RunEval(options, network_, out_, {progress_}).ok());
  json = nlohmann::json::parse(out_.str());
  EXPECT_EQ(json["positions"], 5);
  EXPECT_EQ(json["skipped_files"], 1);
  EXPECT_EQ(json["unreadable_games"], 1);
  EXPECT_NE(progress_.str().find("not counted: 1 file from where reading failed, 1 game that "
                                 "cannot be read; 'moyo survey'"),
            std::string::npos)
      << progress_.str();
}

TEST_F(CommandTest, EvalWithoutAReadableGameSaysWhatItCouldNotRead) {
  ASSERT_TRUE(WriteFileAtomically(folder_ + "/broken.zip", "PK\x03\x04 but no zip").ok());
  EXPECT_TRUE(
      absl::IsNotFound(RunEval({.games = {folder_ + "/broken.zip"}}, network_, out_, {progress_})));
  EXPECT_NE(progress_.str().find("not counted: 1 file"), std::string::npos) << progress_.str();
}

TEST_F(CommandTest, EvalWithoutGamesSaysSo) {
  const absl::Status none =
      RunEval({.games = {folder_ + "/notes.txt"}}, network_, out_, {progress_});
  EXPECT_TRUE(absl::IsNotFound(none)) << none;
  EXPECT_TRUE(absl::IsNotFound(RunEval({.games = {"/no/such"}}, network_, out_, {progress_})));
}

TEST_F(CommandTest, SuggestShowsThePositionAfterPly) {
  network_.Prefer("D4", 0.4f);
  SuggestOptions options{.game = folder_ + "/two.sgf", .ply = 1, .top_k = 2, .json = true};
  ASSERT_TRUE(RunSuggest(options, network_, out_).ok());
  EXPECT_EQ(
      out_.str(),
      "{\"ply\": 1, \"to_move\": \"white\", \"value\": 0.000000, \"moves\": [{\"move\": \"D4\", "
      "\"x\": 3, \"y\": 15, \"probability\": 0.400000}, {\"move\": \"A19\", \"x\": 0, \"y\": 0, "
      "\"probability\": 0.001381}]}\n");
  options.ply = 4;
  EXPECT_TRUE(absl::IsOutOfRange(RunSuggest(options, network_, out_)));
}

TEST_F(CommandTest, SuggestKeepsTheRecordsTurnWhenOneSideMovesTwice) {
  SuggestOptions options{.game = folder_ + "/below/one.sgf", .ply = 1, .json = true};
  ASSERT_TRUE(RunSuggest(options, network_, out_).ok());
  EXPECT_NE(out_.str().find("\"to_move\": \"black\""), std::string::npos);
  out_.str("");
  options.to_move = go::Color::kWhite;
  ASSERT_TRUE(RunSuggest(options, network_, out_).ok());
  EXPECT_NE(out_.str().find("\"to_move\": \"white\""), std::string::npos);
}

TEST_F(CommandTest, SuggestTakesTheGameByNumber) {
  SuggestOptions options{.game = folder_ + "/two.sgf", .game_number = 2};
  EXPECT_TRUE(absl::IsInvalidArgument(RunSuggest(options, network_, out_)));  // 9x9
  options.game_number = 3;
  EXPECT_TRUE(absl::IsOutOfRange(RunSuggest(options, network_, out_)));
  EXPECT_TRUE(absl::IsInvalidArgument(RunSuggest({.ply = 3}, network_, out_)));
}

}  // namespace
}  // namespace moyo::play
