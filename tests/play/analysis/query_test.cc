#include "play/analysis/query.h"

#include "absl/strings/str_cat.h"
#include "common/go/vertex.h"
#include "gtest/gtest.h"
#include "play/json_fields.h"

namespace moyo::play {
namespace {

using nlohmann::json;

// The least that a query must hold; the fields of `more` join or replace its own.
json Query(std::string_view more = "{}") {
  json query = {{"id", "foo"}, {"moves", json::array()}, {"rules", "japanese"},
                {"komi", 6.5}, {"boardXSize", 19},       {"boardYSize", 19}};
  query.update(json::parse(more));
  return query;
}

std::vector<size_t> Numbers(const std::vector<Turn>& turns) {
  std::vector<size_t> numbers;
  for (const Turn& turn : turns) numbers.push_back(turn.number);
  return numbers;
}

int Index(std::string_view vertex) { return features::PolicyIndex(*go::ParseVertex(vertex, 19)); }

TEST(QueryTest, TakesTheGameAndItsLastTurn) {
  const auto query = ParseQuery(Query(R"({"initialStones": [["B", "Q4"], ["B", "C4"]],
      "initialPlayer": "W", "moves": [["W", "P5"], ["b", "pass"]]})"));
  ASSERT_TRUE(query.ok()) << query.status();
  EXPECT_EQ(query->id, "foo");
  ASSERT_EQ(query->game.setup.size(), 2u);
  EXPECT_EQ(go::FormatVertex(query->game.setup[1].point, 19), "C4");
  ASSERT_EQ(query->game.moves.size(), 2u);
  EXPECT_EQ(query->game.moves[0].color, go::Color::kWhite);
  EXPECT_TRUE(query->game.moves[1].point.IsPass());
  EXPECT_EQ(query->first_to_move, go::Color::kWhite);
  EXPECT_EQ(Numbers(query->turns), std::vector<size_t>{2});
  EXPECT_FALSE(query->include_policy);
  EXPECT_EQ(query->perspective, Perspective::kSideToMove);
}

TEST(QueryTest, TurnsComeInOrderOnceEachWithTheirPriorities) {
  const auto query = ParseQuery(Query(R"({"moves": [["B", "D4"], ["W", "Q16"]],
      "analyzeTurns": [2, 0, 2], "priorities": [7, -3, 9]})"));
  ASSERT_TRUE(query.ok()) << query.status();
  EXPECT_EQ(Numbers(query->turns), (std::vector<size_t>{0, 2}));
  EXPECT_EQ(query->turns[0].priority, -3);
  EXPECT_EQ(query->turns[1].priority, 9);
  const auto none = ParseQuery(Query(R"({"analyzeTurns": []})"));
  ASSERT_TRUE(none.ok());
  EXPECT_TRUE(none->turns.empty());
}

TEST(QueryTest, AfterHandicapStonesWhiteBegins) {
  const auto first = [](const char* more) { return ParseQuery(Query(more))->first_to_move; };
  EXPECT_EQ(first(R"({"initialStones": [["B", "Q4"], ["B", "D16"]]})"), go::Color::kWhite);
  EXPECT_EQ(first(R"({"initialStones": [["B", "Q4"], ["B", "D16"]], "initialPlayer": "B"})"),
            go::Color::kBlack);
  EXPECT_EQ(first(R"({"initialStones": [["B", "Q4"]]})"), std::nullopt);
  EXPECT_EQ(first(R"({"initialStones": [["B", "Q4"], ["W", "D16"]]})"), std::nullopt);
  EXPECT_EQ(first(R"({"initialStones": [["B", "Q4"], ["B", "C3"]], "moves": [["B", "D16"]]})"),
            std::nullopt);
}

TEST(QueryTest, PriorityIsOfEveryTurn) {
  const auto query =
      ParseQuery(Query(R"({"moves": [["B", "D4"]], "analyzeTurns": [0, 1], "priority": 1000})"));
  ASSERT_TRUE(query.ok());
  EXPECT_EQ(query->turns[0].priority, 1000);
  EXPECT_EQ(query->turns[1].priority, 1000);
}

TEST(QueryTest, PerspectiveIsASetting) {
  for (const auto& [name, perspective] :
       std::vector<std::pair<std::string, Perspective>>{{"BLACK", Perspective::kBlack},
                                                        {"white", Perspective::kWhite},
                                                        {"SIDETOMOVE", Perspective::kSideToMove}}) {
    const auto query = ParseQuery(Query(absl::StrCat(
        R"({"overrideSettings": {"reportAnalysisWinratesAs": ")", name, R"(", "maxTime": 8}})")));
    ASSERT_TRUE(query.ok());
    EXPECT_EQ(query->perspective, perspective) << name;
  }
}

TEST(QueryTest, AvoidedMovesAreLeftOutAndAllowedOnesAlone) {
  const auto avoiding = ParseQuery(Query(R"({"avoidMoves": [
      {"player": "B", "moves": ["D4", "pass"], "untilDepth": 1},
      {"player": "W", "moves": ["Q16"], "untilDepth": 3}]})"));
  ASSERT_TRUE(avoiding.ok()) << avoiding.status();
  const auto& of_black = avoiding->left_out[static_cast<int>(go::Color::kBlack)];
  EXPECT_EQ(of_black.count(), 2u);
  EXPECT_TRUE(of_black.test(Index("D4")));
  EXPECT_TRUE(of_black.test(Index("pass")));
  EXPECT_TRUE(avoiding->left_out[static_cast<int>(go::Color::kWhite)].test(Index("Q16")));
  const auto allowing =
      ParseQuery(Query(R"({"allowMoves": [{"player": "B", "moves": ["D4", "pass"]}]})"));
  ASSERT_TRUE(allowing.ok());
  EXPECT_EQ(allowing->left_out[static_cast<int>(go::Color::kBlack)].count(), 362u - 2);
  EXPECT_TRUE(allowing->left_out[static_cast<int>(go::Color::kWhite)].none());
}

TEST(QueryTest, SuicideIsForRulesThatLetIt) {
  for (const auto& [rules, legal] :
       std::vector<std::pair<std::string, bool>>{{R"("chinese")", false},
                                                 {R"("tromp-taylor")", true},
                                                 {R"("New-Zealand")", true},
                                                 {R"({"suicide": true})", true},
                                                 {R"({"ko": "SIMPLE"})", false}}) {
    const auto query = ParseQuery(Query(absl::StrCat(
        R"({"moves": [["B", "A2"], ["W", "T19"], ["B", "B1"], ["W", "A1"]], "rules": )", rules,
        "}")));
    EXPECT_EQ(query.ok(), legal) << rules;
  }
}

TEST(QueryTest, WhatIsWrongIsNamed) {
  json long_game = json::array();
  for (int i = 0; i <= 2000; ++i) long_game.push_back(json::parse(R"(["B", "pass"])"));
  for (const auto& [field, value] : std::vector<std::pair<std::string, std::string>>{
           {"id", "7"},
           {"boardXSize", "13"},
           {"boardYSize", R"("19")"},
           {"rules", "5"},
           {"rules", R"({"suicide": "yes"})"},
           {"komi", "200"},
           {"initialStones", R"([["B", "pass"]])"},
           {"initialStones", R"([["W", "A1"], ["B", "A2"], ["B", "B1"]])"},
           {"initialStones", R"("D4")"},
           {"initialPlayer", R"("green")"},
           {"moves", "5"},
           {"moves", R"([["B"]])"},
           {"moves", R"([["B", "I5"]])"},
           {"moves", R"([["X", "D4"]])"},
           {"moves", "[[1, 2]]"},
           {"moves", long_game.dump()},
           {"moves", R"([["B", "D4"], ["W", "D4"]])"},
           {"analyzeTurns", "[1]"},
           {"analyzeTurns", "[-1]"},
           {"analyzeTurns", "[0.5]"},
           {"analyzeTurns", "[18446744073709551615]"},
           {"analyzeTurns", "0"},
           {"priority", "1e12"},
           {"priority", R"("high")"},
           {"priorities", "[1]"},
           {"includePolicy", R"("yes")"},
           {"overrideSettings", "1"},
           {"overrideSettings", R"({"reportAnalysisWinratesAs": "ME"})"},
           {"avoidMoves", "{}"},
           {"avoidMoves", "[5]"},
           {"avoidMoves", R"([{"player": "B"}])"},
           {"avoidMoves", R"([{"player": "B", "moves": ["Z99"]}])"},
           {"avoidMoves", R"([{"player": "R", "moves": []}])"},
           {"avoidMoves", R"([{"player": "B", "moves": [], "untilDepth": 0}])"},
           {"allowMoves", R"([{"player": "B", "moves": []}, {"player": "W", "moves": []}])"}}) {
    const auto query = ParseQuery(Query(absl::StrCat("{\"", field, "\": ", value, "}")));
    const std::string what = absl::StrCat(field, " = ", value.substr(0, 60));
    ASSERT_EQ(query.status().code(), absl::StatusCode::kInvalidArgument) << what;
    EXPECT_EQ(FieldOf(query.status()), field) << what;
    EXPECT_FALSE(query.status().message().empty()) << what;
  }
  for (const char* field : {"id", "moves", "boardXSize", "boardYSize"}) {
    json missing = Query();
    missing.erase(field);
    EXPECT_EQ(FieldOf(ParseQuery(missing).status()), field);
  }
  const auto both = ParseQuery(Query(R"({"avoidMoves": [{"player": "B", "moves": []}],
      "allowMoves": [{"player": "B", "moves": []}]})"));
  EXPECT_EQ(FieldOf(both.status()), "allowMoves");
}

// KaTrain asks for moves that may be illegal and looks for these words.
TEST(QueryTest, AnIllegalMoveIsCalledThat) {
  const auto query = ParseQuery(Query(R"({"moves": [["B", "D4"], ["W", "D4"]]})"));
  EXPECT_EQ(query.status().message(), "Illegal move 1: White D4: OCCUPIED");
}

TEST(QueryTest, TurnNumbersOfATerminateRequest) {
  EXPECT_FALSE(ParseTurnNumbers(json::parse(R"({"id": "a"})"))->has_value());
  EXPECT_EQ(**ParseTurnNumbers(json::parse(R"({"turnNumbers": [3, 1]})")),
            (std::set<size_t>{1, 3}));
  EXPECT_EQ(FieldOf(ParseTurnNumbers(json::parse(R"({"turnNumbers": "all"})")).status()),
            "turnNumbers");
}

}  // namespace
}  // namespace moyo::play
