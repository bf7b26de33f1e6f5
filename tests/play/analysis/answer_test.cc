#include "play/analysis/answer.h"

#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "play/network_views.h"
#include "tests/play/fake_evaluator.h"

namespace moyo::play {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// The least that a query must hold, with the fields of `more`.
AnalysisQuery Query(std::string_view more = "{}") {
  json request = {{"id", "q"}, {"moves", json::array()}, {"boardXSize", 19}, {"boardYSize", 19}};
  request.update(json::parse(more));
  auto query = ParseQuery(request);
  EXPECT_TRUE(query.ok()) << query.status();
  return *std::move(query);
}

ordered_json Answer(const AnalysisQuery& query, size_t turn, FakeEvaluator& network) {
  auto answer = AnswerTurn(query, turn, network);
  EXPECT_TRUE(answer.ok()) << answer.status();
  return *std::move(answer);
}

TEST(AnswerTest, MovesWithWhatTheNetworkThinksOfThem) {
  FakeEvaluator network;
  network.Prefer("Q16", 0.5f);
  network.Prefer("D4", 0.25f);
  network.answer.value = 0.5f;
  const ordered_json answer = Answer(Query(), 0, network);
  EXPECT_EQ(answer["id"], "q");
  EXPECT_EQ(answer["turnNumber"], 0);
  EXPECT_EQ(answer["isDuringSearch"], false);
  EXPECT_FALSE(answer.contains("policy"));
  const ordered_json& moves = answer["moveInfos"];
  ASSERT_EQ(moves.size(), kAnalysedMoves);
  EXPECT_EQ(moves[0]["move"], "Q16");
  EXPECT_EQ(moves[0]["order"], 0);
  EXPECT_EQ(moves[0]["prior"], 0.5);
  EXPECT_EQ(moves[0]["visits"], 500);
  EXPECT_EQ(moves[0]["pv"].dump(), R"(["Q16"])");
  EXPECT_EQ(moves[1]["move"], "D4");
  EXPECT_EQ(moves[1]["order"], 1);
  // The position after the move is as good for White as this one is for Black.
  EXPECT_EQ(moves[0]["winrate"], 0.25);
  EXPECT_EQ(moves[0]["lcb"], 0.25);
  EXPECT_EQ(moves[0]["utility"], -0.5);
  const ordered_json& root = answer["rootInfo"];
  EXPECT_EQ(root["winrate"], 0.75);
  EXPECT_EQ(root["visits"], kRootVisits);
  EXPECT_EQ(root["currentPlayer"], "B");
  EXPECT_NEAR(root["scoreLead"].get<double>(), 10 * std::log(3.0), 1e-6);
  EXPECT_NEAR(moves[0]["scoreLead"].get<double>(), -10 * std::log(3.0), 1e-6);
  // One look at the position, and one at all that follow.
  EXPECT_EQ(network.batch_sizes, (std::vector<size_t>{1, kAnalysedMoves}));
}

TEST(AnswerTest, PerspectiveDecidesWhoseWinsCount) {
  FakeEvaluator network;
  network.answer.value = 0.5f;
  const auto winrate_of_root = [&](const char* perspective) {
    const AnalysisQuery query = Query(absl::StrCat(
        R"({"moves": [["B", "D4"]], "overrideSettings": {"reportAnalysisWinratesAs": ")",
        perspective, R"("}})"));
    return Answer(query, 1, network)["rootInfo"]["winrate"].get<double>();
  };
  EXPECT_EQ(winrate_of_root("SIDETOMOVE"), 0.75);  // White is to move
  EXPECT_EQ(winrate_of_root("WHITE"), 0.75);
  EXPECT_EQ(winrate_of_root("BLACK"), 0.25);
}

TEST(AnswerTest, WhoBeginsIsToldOrIsAsTheFirstMove) {
  FakeEvaluator network;
  const auto player = [&](const char* more, size_t turn) {
    return Answer(Query(more), turn, network)["rootInfo"]["currentPlayer"].get<std::string>();
  };
  EXPECT_EQ(player(R"({"initialPlayer": "W"})", 0), "W");
  EXPECT_EQ(player(R"({"moves": [["W", "D4"]]})", 0), "W");
  EXPECT_EQ(player(R"({"initialPlayer": "B", "moves": [["B", "D4"]]})", 1), "W");
}

TEST(AnswerTest, PolicyGoesByRowsFromTheTopAndMarksWhatIsIllegal) {
  FakeEvaluator network;
  network.Prefer("A19", 0.5f);
  network.Prefer("T1", 0.25f);
  network.Prefer("pass", 0.125f);
  const AnalysisQuery query = Query(R"({"moves": [["B", "B19"]], "includePolicy": true})");
  const ordered_json policy = Answer(query, 1, network)["policy"];
  ASSERT_EQ(policy.size(), 362u);
  EXPECT_EQ(policy[0], 0.5);
  EXPECT_EQ(policy[1], -1);
  EXPECT_EQ(policy[360], 0.25);
  EXPECT_EQ(policy[361], 0.125);
}

TEST(AnswerTest, MovesThatAreAvoidedDoNotCome) {
  FakeEvaluator network;
  network.Prefer("Q16", 0.5f);
  network.Prefer("D4", 0.25f);
  const auto moves = [&](const char* more) { return Answer(Query(more), 0, network)["moveInfos"]; };
  EXPECT_EQ(moves(R"({"avoidMoves": [{"player": "B", "moves": ["Q16"]}]})")[0]["move"], "D4");
  EXPECT_EQ(moves(R"({"avoidMoves": [{"player": "W", "moves": ["Q16"]}]})")[0]["move"], "Q16");
  const ordered_json allowed = moves(R"({"allowMoves": [{"player": "B", "moves": ["Q16"]}]})");
  ASSERT_EQ(allowed.size(), 1u);
  EXPECT_EQ(allowed[0]["move"], "Q16");
  EXPECT_TRUE(moves(R"({"allowMoves": [{"player": "B", "moves": []}]})").empty());
}

TEST(AnswerTest, PointsGrowWithTheShareOfWinsAndStayBounded) {
  EXPECT_EQ(PointsOfWinRate(0.5), 0);
  EXPECT_NEAR(PointsOfWinRate(0.75), -PointsOfWinRate(0.25), 1e-9);
  EXPECT_LT(PointsOfWinRate(0.6), PointsOfWinRate(0.61));
  EXPECT_LT(PointsOfWinRate(1), 50);
  EXPECT_GT(PointsOfWinRate(0), -50);
}

TEST(AnswerTest, ADamagedNetworkGivesNumbersOrAnError) {
  FakeEvaluator network;
  network.answer.value = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(Answer(Query(), 0, network)["rootInfo"]["winrate"], 0.5);
  network.failure = absl::InternalError("broken");
  EXPECT_EQ(AnswerTurn(Query(), 0, network).status().code(), absl::StatusCode::kInternal);
}

TEST(AnswerTest, ErrorsTellWhatOfWhichFieldAndQuery) {
  const auto status = ParseQuery(json::parse(R"({"id": "q", "boardXSize": 9})")).status();
  const ordered_json answer = AnswerError("q", status);
  EXPECT_EQ(answer["field"], "boardXSize");
  EXPECT_EQ(answer["id"], "q");
  EXPECT_EQ(answer["error"], "boardXSize must be 19: the network knows no other board");
  EXPECT_EQ(AnswerError("", absl::InvalidArgumentError("no JSON")).dump(),
            R"({"error":"no JSON"})");
}

}  // namespace
}  // namespace moyo::play
