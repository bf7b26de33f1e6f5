#include "play/self_play/self_play_game.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "common/go/area.h"
#include "gtest/gtest.h"
#include "play/policy_player.h"
#include "tests/play/fake_evaluator.h"

namespace moyo::play {
namespace {

constexpr auto kBlack = go::Color::kBlack;
constexpr auto kWhite = go::Color::kWhite;

go::Point At(std::string_view vertex) { return *go::ParseVertex(vertex, 19); }

void Place(GameState& state, go::Color color, const std::vector<std::string>& vertices) {
  for (const std::string& vertex : vertices) {
    ASSERT_TRUE(state.Play({At(vertex), color}).ok()) << vertex;
  }
}

bool Worth(const GameState& state, go::Color color, std::string_view vertex,
           float probability = 0) {
  return WorthPlaying(state, {At(vertex), color}, probability);
}

TEST(WorthPlayingTest, OwnEyesAndTerritoryAreNot) {
  GameState state;
  Place(state, kBlack, {"A3", "B3", "C3", "D3", "D2", "D1", "S18", "T17", "S19"});
  Place(state, kWhite, {"K10"});
  EXPECT_FALSE(Worth(state, kBlack, "A1"));   // one of six points of territory
  EXPECT_FALSE(Worth(state, kBlack, "T19"));  // an eye, but for its shape: cut off by none
  EXPECT_TRUE(Worth(state, kBlack, "K9"));
  EXPECT_FALSE(Worth(state, kBlack, "K10"));  // not legal
  // Whose it is not, tries.
  EXPECT_TRUE(Worth(state, kWhite, "A1"));
  Place(state, kWhite, {"B2"});
  EXPECT_TRUE(Worth(state, kBlack, "A2"));  // no longer reached by Black alone
}

// Three points in a row are two eyes for who takes the middle.
TEST(WorthPlayingTest, WhatTheNetworkWouldDefendIsDefended) {
  GameState state;
  Place(state, kBlack, {"A2", "B2", "C2", "D2", "D1"});
  Place(state, kWhite, {"K10"});
  EXPECT_FALSE(Worth(state, kBlack, "B1", kDefence / 2));
  EXPECT_TRUE(Worth(state, kBlack, "B1", kDefence));
  Place(state, kBlack, {"B1"});
  EXPECT_FALSE(Worth(state, kBlack, "A1", 0.9f));  // an eye, whatever the network finds
}

TEST(WorthPlayingTest, AChainInAtariIsSavedWithinItsTerritory) {
  GameState state;
  // Two points between the wall in the corner and the edge; the wall has no other liberty than B1.
  Place(state, kBlack, {"A2", "B2", "C1"});
  Place(state, kWhite, {"A3", "B3", "C2"});
  EXPECT_FALSE(Worth(state, kBlack, "A1"));
  EXPECT_FALSE(Worth(state, kBlack, "B1"));
  Place(state, kWhite, {"D1"});  // C1 in atari: B1 connects
  EXPECT_TRUE(Worth(state, kBlack, "B1"));
  EXPECT_FALSE(Worth(state, kBlack, "A1"));
}

// A row of Black's along the edge between White's, whose last liberties are `count` to the right.
void PlaceRowUnderWhite(GameState& state, int stones) {
  const std::string columns = "ABCDEFGHJKLMNOPQRST";
  for (int i = 0; i < stones; ++i) {
    Place(state, kBlack, {std::string(1, columns[i]) + "1"});
    Place(state, kWhite, {std::string(1, columns[i]) + "2"});
  }
  Place(state, kWhite, {std::string(1, columns[stones]) + "2"});
  Place(state, kWhite, {std::string(1, columns[stones + 2]) + "1"});
  Place(state, kWhite, {std::string(1, columns[stones + 1]) + "3"});
}

TEST(WorthPlayingTest, SmallShapesMayBeThrownInAndLargeOnesNot) {
  // Black's row on the first line has two liberties; filling one leaves one more stone in atari.
  GameState small;
  PlaceRowUnderWhite(small, kLargestNakade - 1);
  EXPECT_TRUE(Worth(small, kBlack, "F1"));
  GameState large;
  PlaceRowUnderWhite(large, kLargestNakade);
  EXPECT_FALSE(Worth(large, kBlack, "G1"));
}

TEST(WorthPlayingTest, ACaptureIsWorthAnAtari) {
  GameState state;
  PlaceRowUnderWhite(state, kLargestNakade);
  // White's stone at J1 is in atari from G1 on: no more a gift.
  Place(state, kWhite, {"H1"});
  Place(state, kBlack, {"H2", "K1", "J2"});
  ASSERT_EQ(state.board().ChainLiberties(7, 18), 1);
  EXPECT_TRUE(Worth(state, kBlack, "G1"));
}

TEST(WorthPlayingTest, ARepeatedPositionIsNot) {
  GameState state;
  Place(state, kBlack, {"C4", "D5", "D3"});
  Place(state, kWhite, {"E5", "F4", "E3", "D4"});
  Place(state, kBlack, {"E4"});  // takes D4
  Place(state, kWhite, {"Q4"});
  Place(state, kBlack, {"Q16"});
  EXPECT_TRUE(Worth(state, kWhite, "D4"));
  state.Undo();
  state.Undo();
  EXPECT_FALSE(Worth(state, kWhite, "D4"));
}

SelfPlayRules Sharp() { return {.opening_moves = 0, .temperature = 0}; }

TEST(SelfPlayGameTest, WithoutTemperatureTheMostProbableMoveIsPlayed) {
  FakeEvaluator network;
  network.Prefer("Q16", 0.3f);
  network.Prefer("D4", 0.1f);
  network.answer.policy[features::kPolicySize - 1] = 0.9f;  // a pass, which ends nothing here
  SelfPlayGame game(Sharp(), 1, 0);
  ASSERT_TRUE(game.Play(network.answer).ok());
  ASSERT_TRUE(game.Play(network.answer).ok());
  const std::vector<go::Move> moves = game.Record().moves;
  ASSERT_EQ(moves.size(), 2u);
  EXPECT_EQ(moves[0], (go::Move{At("Q16"), kBlack}));
  EXPECT_EQ(moves[1], (go::Move{At("D4"), kWhite}));
}

// How many of 4,000 first moves are at Q16.
int Share(const SelfPlayRules& rules, const evaluation::Evaluation& answer) {
  int count = 0;
  for (uint64_t seed = 0; seed < 4000; ++seed) {
    SelfPlayGame game(rules, 1, seed);
    EXPECT_TRUE(game.Play(answer).ok());
    count += game.Record().moves[0].point == At("Q16");
  }
  return count;
}

TEST(SelfPlayGameTest, MovesAreDrawnByTheirProbabilitiesAndTheTemperature) {
  FakeEvaluator network;
  network.answer.policy.fill(0);
  network.Prefer("Q16", 0.6f);
  network.Prefer("D4", 0.3f);
  // 0.6 to 0.3 is 2 to 1, at a temperature of one half 4 to 1. Four standard deviations are 120.
  EXPECT_NEAR(Share({.opening_moves = 0, .temperature = 1}, network.answer), 4000 * 2 / 3, 120);
  EXPECT_NEAR(Share({.opening_moves = 0, .temperature = 0.5}, network.answer), 4000 * 4 / 5, 110);
  EXPECT_NEAR(Share({.opening_moves = 1, .temperature = 0}, network.answer), 4000 * 2 / 3, 120);
  EXPECT_EQ(Share({.opening_moves = 0, .temperature = 0}, network.answer), 4000);
}

// Played to the end by a network that knows nothing: what is left on the board are live stones,
// eyes and territory, so nobody has a move, and the area is all of it but dame of sekis.
TEST(SelfPlayGameTest, AGameEndsWhenNothingIsLeftThatIsWorthPlaying) {
  FakeEvaluator network;
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    SelfPlayGame game({}, 1, seed);
    while (!game.over()) ASSERT_TRUE(game.Play(network.answer).ok());
    const go::GameRecord record = game.Record();
    GameState state;
    ASSERT_TRUE(state.Load(record).ok());
    ASSERT_EQ(state.consecutive_passes(), 2);
    EXPECT_GT(record.moves.size(), 250u);
    for (int index = 0; index < features::kPointCount; ++index) {
      const go::Point point = features::PolicyPoint(index);
      EXPECT_FALSE(WorthPlaying(state, {point, kBlack}, 0));
      EXPECT_FALSE(WorthPlaying(state, {point, kWhite}, 0));
    }
    const go::AreaCount area = CountArea(state.board());
    const int margin = MarginHalfPoints(area, 13);
    EXPECT_GT(area.black + area.white, 340);
    EXPECT_EQ(record.info.winner, margin > 0 ? go::Winner::kBlack : go::Winner::kWhite);
    EXPECT_EQ(record.info.margin_half_points, std::abs(margin));
    EXPECT_EQ(record.info.komi_half_points, 13);
    EXPECT_FALSE(record.info.by_resignation);
  }
}

TEST(SelfPlayGameTest, AGameThatEndsAtItsLastMoveHasNoResult) {
  FakeEvaluator network;
  SelfPlayRules rules;
  rules.max_moves = 3;
  SelfPlayGame game(rules, 1, 0);
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(game.over());
    ASSERT_TRUE(game.Play(network.answer).ok());
  }
  EXPECT_TRUE(game.over());
  EXPECT_EQ(game.Record().info.winner, go::Winner::kUnknown);
  EXPECT_EQ(game.Record().info.margin_half_points, 0);
}

TEST(SelfPlayGameTest, SeedsHaveNoGameInCommon) {
  FakeEvaluator network;
  const auto first_moves = [&](uint64_t seed, uint64_t number) {
    SelfPlayGame game({}, seed, number);
    for (int i = 0; i < 6; ++i) EXPECT_TRUE(game.Play(network.answer).ok());
    return game.Record().moves;
  };
  std::vector<std::vector<go::Move>> all;
  for (uint64_t seed : {1, 2, 3}) {
    for (uint64_t number : {0, 1, 2}) all.push_back(first_moves(seed, number));
  }
  EXPECT_EQ(all[0], first_moves(1, 0));
  for (size_t i = 0; i < all.size(); ++i) {
    for (size_t j = 0; j < i; ++j) EXPECT_NE(all[i], all[j]) << i << " " << j;
  }
}

TEST(SelfPlayGameTest, ADamagedNetworkStillPlaysLegally) {
  FakeEvaluator network;
  network.answer.policy.fill(std::numeric_limits<float>::quiet_NaN());
  SelfPlayRules rules;
  rules.max_moves = 30;
  SelfPlayGame game(rules, 1, 0);
  while (!game.over()) ASSERT_TRUE(game.Play(network.answer).ok());
  EXPECT_EQ(game.Record().moves.size(), 30u);
}

}  // namespace
}  // namespace moyo::play
