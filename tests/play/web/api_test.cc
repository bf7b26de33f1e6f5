#include "play/web/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "tests/play/fake_evaluator.h"

namespace moyo::play {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class PlayApiTest : public ::testing::Test {
 protected:
  using Method = web::Response (PlayApi::*)(const web::Request&);

  json Ask(Method method, const json& request, int status = 200) {
    const web::Response response =
        (api_.*method)({.path = "", .query = {}, .body = request.dump()});
    EXPECT_EQ(response.status, status) << response.body;
    return json::parse(response.body, nullptr, false);
  }
  // An error's word.
  std::string Refused(Method method, const json& request, int status = 400) {
    return Ask(method, request, status).value("error", "none");
  }
  json Position(const json& game) { return Ask(&PlayApi::Position, {{"game", game}}); }

  FakeEvaluator network_;
  std::ostringstream errors_;
  PlayApi api_{network_, {.network_name = "a.pt", .version = "1"}, errors_};
};

// The stones of a position's row, from the top.
std::string Row(const json& position, int y) {
  return position["stones"].get<std::string>().substr(19 * y, 19);
}

TEST_F(PlayApiTest, AboutNamesNetworkAndLimits) {
  const json about = json::parse(api_.About().body);
  EXPECT_EQ(about["network"], "a.pt");
  EXPECT_EQ(about["board_size"], 19);
  EXPECT_EQ(about["max_moves"], 2000);
}

TEST_F(PlayApiTest, NewGameHasHandicapStonesAndKomi) {
  const json game = Ask(&PlayApi::New, {{"handicap", 2}, {"komi", 0.5}});
  EXPECT_EQ(game["setup"], json({"bdp", "bpd"}));
  EXPECT_EQ(game["komi"], 0.5);
  EXPECT_EQ(Ask(&PlayApi::New, {{"komi", 7.3}})["komi"], 7.5);  // the nearest half point
  EXPECT_EQ(Position(game)["to_move"], "w");
  EXPECT_EQ(Position(Ask(&PlayApi::New, json::object()))["to_move"], "b");
}

TEST_F(PlayApiTest, PositionShowsStonesCapturesAndKo) {
  // Black takes the white stone at b2 (bb): a ko, which White may not retake at once.
  const json game = {
      {"moves", {"bba", "wbb", "bab", "wca", "bbc", "wdb", "bcb", "wcc", "bpd", "wbb"}}};
  json position = Ask(&PlayApi::Position, {{"game", game}, {"ply", 7}});
  EXPECT_EQ(Row(position, 1).substr(0, 4), "b.bw");
  EXPECT_EQ(position["captures"], json({{"b", 1}, {"w", 0}}));
  position = Position(game);
  EXPECT_EQ(Row(position, 1).substr(0, 4), "bw.w");
  EXPECT_EQ(position["ko"], "cb");
  EXPECT_EQ(position["last"], json({{"color", "w"}, {"point", "bb"}, {"label", "B18"}}));
  json retaken = game;
  retaken["moves"].push_back("bcb");
  const json refusal = Ask(&PlayApi::Position, {{"game", retaken}}, 200);
  EXPECT_EQ(refusal["error"], "illegal_move");
  EXPECT_EQ(refusal["reason"], "KO");
  EXPECT_EQ(refusal["move"], 11);
}

TEST_F(PlayApiTest, EvaluationIsForBlackWhoeverMoves) {
  network_.Prefer("Q16", 0.4f);
  network_.answer.value = 0.5f;
  json evaluation = Position({{"moves", json::array()}})["evaluation"];
  EXPECT_EQ(evaluation["black_wins"], 0.75);
  EXPECT_EQ(evaluation["moves"][0]["label"], "Q16");
  EXPECT_EQ(evaluation["moves"][0]["point"], "pd");
  EXPECT_NEAR(evaluation["moves"][0]["probability"], 0.4, 1e-6);
  EXPECT_EQ(evaluation["policy"].size(), 362u);
  EXPECT_EQ(evaluation["policy"][3 * 19 + 15], 4000);
  EXPECT_FALSE(evaluation.contains("next"));
  evaluation = Position({{"moves", {"bdd"}}})["evaluation"];
  EXPECT_EQ(evaluation["black_wins"], 0.25);
}

TEST_F(PlayApiTest, NextMoveOfTheGameIsCompared) {
  network_.Prefer("Q16", 0.4f);
  network_.Prefer("D4", 0.2f);
  const json game = {{"moves", {"bdp"}}};
  const json evaluation = Ask(&PlayApi::Position, {{"game", game}, {"ply", 0}})["evaluation"];
  EXPECT_EQ(evaluation["next"]["label"], "D4");
  EXPECT_EQ(evaluation["next"]["rank"], 2);
}

TEST_F(PlayApiTest, WithoutEvaluationTheNetworkIsNotAsked) {
  const json position =
      Ask(&PlayApi::Position, {{"game", {{"moves", {"bdd"}}}}, {"evaluate", false}});
  EXPECT_FALSE(position.contains("evaluation"));
  EXPECT_TRUE(network_.batch_sizes.empty());
}

TEST_F(PlayApiTest, ReplyIsTheNetworksMove) {
  network_.Prefer("Q4", 0.4f);
  const json reply = Ask(&PlayApi::Reply, {{"game", {{"moves", {"bdd"}}}}});
  EXPECT_EQ(reply["move"], "wpp");
  EXPECT_EQ(reply["position"]["ply"], 2);
  EXPECT_EQ(reply["position"]["to_move"], "b");
  EXPECT_TRUE(reply["position"].contains("evaluation"));
}

TEST_F(PlayApiTest, TemperatureDrawsBySeed) {
  std::set<std::string> drawn;
  for (int seed = 0; seed < 20; ++seed) {
    const json request = {{"game", {{"moves", json::array()}}}, {"temperature", 1}, {"seed", seed}};
    const std::string move = Ask(&PlayApi::Reply, request)["move"];
    EXPECT_EQ(Ask(&PlayApi::Reply, request)["move"], move);
    drawn.insert(move);
  }
  EXPECT_GT(drawn.size(), 5u);
}

// A hundred moves of both sides that take nothing.
json LongGame() {
  json moves = json::array();
  for (int i = 0; i < 100; ++i) {
    const int x = i % 2 == 0 ? (i / 2) % 8 : 10 + (i / 2) % 8, y = 2 * (i / 16);
    moves.push_back(absl::StrCat(i % 2 ? "w" : "b", std::string(1, static_cast<char>('a' + x)),
                                 std::string(1, static_cast<char>('a' + y))));
  }
  return {{"moves", moves}};
}

TEST_F(PlayApiTest, ResignsAfterLostTurnsThatTheRequestCarries) {
  network_.answer.value = -0.99f;
  json request = {{"game", LongGame()}};
  EXPECT_EQ(Ask(&PlayApi::Reply, request)["lost_turns"], 1);
  request["lost_turns"] = 2;
  const json reply = Ask(&PlayApi::Reply, request);
  EXPECT_TRUE(reply["move"].is_null());
  EXPECT_EQ(reply["lost_turns"], 3);
  request["resigns"] = false;
  EXPECT_FALSE(Ask(&PlayApi::Reply, request)["move"].is_null());
}

TEST_F(PlayApiTest, TwoPassesEndTheGameWithACount) {
  const json game = {{"komi", 7.5}, {"moves", {"bdd", "w", "b"}}};
  const json position = Position(game);
  EXPECT_EQ(position["finished"], true);
  EXPECT_EQ(position["score"], "B+353.5");
  EXPECT_EQ(Refused(&PlayApi::Reply, {{"game", game}}, 200), "finished");
}

TEST_F(PlayApiTest, ReviewComparesEveryPly) {
  network_.Prefer("Q16", 0.4f);
  const json game = {{"moves", {"bpd", "wdp", "bdd"}}};
  const json review = Ask(&PlayApi::Review, {{"game", game}, {"from", 0}, {"count", 64}});
  ASSERT_EQ(review["plies"].size(), 4u);
  EXPECT_EQ(review["plies"][0]["choice"], "pd");
  EXPECT_EQ(review["plies"][0]["next"]["rank"], 1);
  // Q16 is taken: choice and rank are among what may be played, equal ones by rows from the top.
  EXPECT_EQ(review["plies"][1]["choice"], "aa");
  EXPECT_EQ(review["plies"][1]["next"]["rank"], 15 * 19 + 3);
  EXPECT_FALSE(review["plies"][3].contains("next"));
  EXPECT_EQ(network_.batch_sizes, std::vector<size_t>{4});
  EXPECT_EQ(Ask(&PlayApi::Review, {{"game", game}, {"from", 2}, {"count", 1}})["plies"].size(), 1u);
}

TEST_F(PlayApiTest, SavedGameLoadsAgain) {
  const json game = {{"komi", 6.5},
                     {"handicap", 2},
                     {"setup", {"bpd", "bdp"}},
                     {"result", "W+3.5"},
                     {"moves", {"wdd", "b", "wqq"}}};
  const web::Response saved = api_.Save(
      {.path = "", .query = {}, .body = json({{"game", game}, {"black", "A] B"}}).dump()});
  EXPECT_EQ(saved.status, 200);
  EXPECT_THAT(saved.content_type, HasSubstr("application/x-go-sgf"));
  EXPECT_THAT(saved.body, HasSubstr("RE[W+3.5]"));
  const json loaded = json::parse(api_.Load({.path = "", .query = {}, .body = saved.body}).body);
  EXPECT_EQ(loaded["black"]["name"], "A] B");
  EXPECT_EQ(loaded["result"], "W+3.5");
  EXPECT_EQ(loaded["game"]["moves"], game["moves"]);
  EXPECT_EQ(loaded["game"]["setup"], game["setup"]);
  EXPECT_EQ(loaded["game"]["komi"], 6.5);
}

// What a record may hold comes back to be shown and saved.
TEST_F(PlayApiTest, RecordWithALongHeaderIsShownAndSaved) {
  const std::string name(1000, '\xe9');  // two bytes each in UTF-8
  const json loaded =
      json::parse(api_.Load({.path = "",
                             .query = {},
                             .body = absl::StrCat("(;SZ[19]CA[ISO-8859-1]KM[400.5]HA[9]PB[", name,
                                                  "]BR[", name, "];B[pd])")})
                      .body);
  ASSERT_EQ(loaded["game"]["komi"], 400.5);
  EXPECT_GT(loaded["black"]["name"].get<std::string>().size(), 1000u);
  Ask(&PlayApi::Position, {{"game", loaded["game"]}});
  const std::string both = absl::StrCat(loaded["black"]["name"].get<std::string>(), " ",
                                        loaded["black"]["rank"].get<std::string>());
  const web::Response saved = api_.Save(
      {.path = "", .query = {}, .body = json({{"game", loaded["game"]}, {"black", both}}).dump()});
  EXPECT_EQ(saved.status, 200) << saved.body;
  EXPECT_THAT(saved.body, HasSubstr("KM[400.5]"));
}

TEST_F(PlayApiTest, FailureOfTheNetworkIsNamed) {
  network_.failure = absl::InternalError("out of memory");
  const json game = {{"moves", json::array()}};
  for (const Method method : {&PlayApi::Position, &PlayApi::Reply, &PlayApi::Review}) {
    EXPECT_EQ(Refused(method, {{"game", game}}, 500), "network");
  }
}

TEST_F(PlayApiTest, WhyTheNetworkFailedIsPrintedOnOneLine) {
  network_.failure = absl::InternalError("out of memory\nat layer 3");
  const json request = {{"game", {{"moves", json::array()}}}};
  const web::Response response =
      api_.Reply({.path = "/api/reply", .query = {}, .body = request.dump()});
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(errors_.str(), "moyo-play: /api/reply: out of memory at layer 3\n");
}

TEST_F(PlayApiTest, RefusedRequestsPrintNothing) {
  EXPECT_EQ(Refused(&PlayApi::Position, {{"game", 3}}), "bad_request");
  EXPECT_EQ(Refused(&PlayApi::Position, {{"game", {{"moves", {"bdd", "wdd"}}}}}, 200),
            "illegal_move");
  EXPECT_EQ(errors_.str(), "");
}

TEST_F(PlayApiTest, NanOfADamagedNetworkIsNoAnswerOfOurs) {
  network_.answer.policy.fill(NAN);
  network_.answer.value = NAN;
  const json game = {{"moves", {"bdd"}}};
  EXPECT_TRUE(Position(game)["evaluation"]["black_wins"].is_null());
  Ask(&PlayApi::Review, {{"game", game}});
  EXPECT_FALSE(Ask(&PlayApi::Reply, {{"game", game}})["move"].is_null());
}

TEST_F(PlayApiTest, WrongRequestsAreRefusedByName) {
  const json good = {{"moves", {"bdd"}}};
  std::vector<json> bad = {json::array(), 7, nullptr, json::object(), {{"game", 3}}};
  for (const json& moves : std::vector<json>{"bdd",
                                             3,
                                             {3},
                                             {""},
                                             {"xdd"},
                                             {"edd"},
                                             {"bd"},
                                             {"bddd"},
                                             {"btt"},
                                             {"b\u00e9"},
                                             json(std::vector<std::string>(2001, "b"))}) {
    bad.push_back({{"game", {{"moves", moves}}}});
  }
  for (const json& change : std::vector<json>{{{"komi", "6.5"}},
                                              {{"komi", 1e9}},
                                              {{"komi", nullptr}},
                                              {{"handicap", 2.5}},
                                              {{"handicap", -1}},
                                              {{"ruleset", 99}},
                                              {{"setup", {"b"}}},
                                              {{"setup", 1}},
                                              {{"result", 5}},
                                              {{"result", std::string(500, 'x')}}}) {
    json game = good;
    game.update(change);
    bad.push_back({{"game", game}});
  }
  for (const json& change :
       std::vector<json>{{{"ply", -1}}, {{"ply", 2}}, {{"ply", 0.5}}, {{"ply", "1"}}}) {
    json request = {{"game", good}};
    request.update(change);
    bad.push_back(request);
  }
  for (const json& request : bad) {
    EXPECT_EQ(Refused(&PlayApi::Position, request), "bad_request") << request;
  }
  for (const json& change : std::vector<json>{{{"temperature", -1}},
                                              {{"temperature", 11}},
                                              {{"seed", -1}},
                                              {{"resigns", 1}},
                                              {{"lost_turns", -1}},
                                              {{"evaluate", 0}}}) {
    json request = {{"game", good}};
    request.update(change);
    EXPECT_EQ(Refused(&PlayApi::Reply, request), "bad_request") << request;
  }
  EXPECT_EQ(Refused(&PlayApi::New, {{"handicap", 10}}), "bad_request");
  EXPECT_EQ(Refused(&PlayApi::New, {{"komi", 1e300}}), "bad_request");
  EXPECT_EQ(Refused(&PlayApi::Review, {{"game", good}, {"count", 65}}), "bad_request");
  EXPECT_EQ(Refused(&PlayApi::Save, {{"game", good}, {"black", std::string(8193, 'x')}}),
            "bad_request");
}

TEST_F(PlayApiTest, SetupThatIsNoPositionIsRefused) {
  // A white stone without a liberty.
  const json game = {{"setup", {"waa", "bba", "bab"}}, {"moves", json::array()}};
  EXPECT_EQ(Refused(&PlayApi::Position, {{"game", game}}, 200), "bad_setup");
}

}  // namespace
}  // namespace moyo::play
