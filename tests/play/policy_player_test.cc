#include "play/policy_player.h"

#include "common/go/area.h"
#include "gtest/gtest.h"
#include "play/scoring.h"
#include "tests/play/fake_evaluator.h"

namespace moyo::play {
namespace {

go::Point At(std::string_view vertex) { return *go::ParseVertex(vertex, 19); }

void Play(GameState& state, go::Color color, const std::vector<std::string>& vertices) {
  for (const std::string& vertex : vertices) {
    ASSERT_TRUE(state.Play({At(vertex), color}).ok()) << vertex;
  }
}

constexpr auto kBlack = go::Color::kBlack;
constexpr auto kWhite = go::Color::kWhite;

TEST(IsOwnEyeTest, CornerEyeIsAnEye) {
  GameState state;
  Play(state, kBlack, {"A2", "B1", "B2"});
  EXPECT_TRUE(IsOwnEye(state.board(), At("A1"), kBlack));
  EXPECT_FALSE(IsOwnEye(state.board(), At("A1"), kWhite));
  EXPECT_FALSE(IsOwnEye(state.board(), At("A2"), kBlack));
  EXPECT_FALSE(IsOwnEye(state.board(), go::kPass, kBlack));
}

TEST(IsOwnEyeTest, CornerEyeWithTheDiagonalLostIsFalse) {
  GameState state;
  Play(state, kBlack, {"A2", "B1"});
  Play(state, kWhite, {"B2"});
  EXPECT_FALSE(IsOwnEye(state.board(), At("A1"), kBlack));
}

TEST(IsOwnEyeTest, MiddleEyeMayLoseOneDiagonal) {
  GameState state;
  Play(state, kBlack, {"J10", "L10", "K9", "K11"});
  EXPECT_TRUE(IsOwnEye(state.board(), At("K10"), kBlack));
  Play(state, kWhite, {"J9"});
  EXPECT_TRUE(IsOwnEye(state.board(), At("K10"), kBlack));
  Play(state, kWhite, {"L11"});
  EXPECT_FALSE(IsOwnEye(state.board(), At("K10"), kBlack));
}

TEST(IsOwnEyeTest, EyeInsideOneChainNeedsNoDiagonals) {
  GameState state;
  // K9 joins the rest round H9, so neither J9 nor L9 can cut it off.
  Play(state, kBlack, {"J10", "J11", "K11", "L11", "L10", "K9"});
  Play(state, kBlack, {"K8", "J8", "H8", "G8", "G9", "G10", "H10"});
  Play(state, kWhite, {"J9", "L9"});
  EXPECT_TRUE(IsOwnEye(state.board(), At("K10"), kBlack));
}

TEST(TopMovesTest, OnlyLegalMovesAreSuggestedBestFirst) {
  FakeEvaluator network;
  network.Prefer("Q16", 0.3f);
  network.Prefer("D4", 0.2f);
  network.Prefer("K10", 0.1f);
  GameState state;
  Play(state, kBlack, {"Q16"});
  const std::vector<Suggestion> moves = TopMoves(state, kWhite, network.answer, 2);
  ASSERT_EQ(moves.size(), 2u);
  EXPECT_EQ(moves[0].point, At("D4"));
  EXPECT_FLOAT_EQ(moves[0].probability, 0.2f);
  EXPECT_EQ(moves[1].point, At("K10"));
}

TEST(TopMovesTest, AllMovesOfAPositionAreLegal) {
  FakeEvaluator network;
  GameState state;
  Play(state, kBlack, {"A2", "B1", "Q4"});
  Play(state, kWhite, {"C3"});
  const std::vector<Suggestion> moves = TopMoves(state, kWhite, network.answer, 1000);
  for (const Suggestion& move : moves) {
    EXPECT_EQ(state.board().Check({move.point, kWhite}), go::Legality::kLegal);
  }
  EXPECT_EQ(moves.size(), 362u - 4 - 1);  // the stones, and suicide at A1
}

TEST(PolicyPlayerTest, OwnEyeIsNotFilledEvenWhenTheNetworkWantsIt) {
  FakeEvaluator network;
  network.Prefer("A1", 0.9f);
  network.Prefer("K10", 0.1f);
  GameState state;
  Play(state, kBlack, {"A2", "B1", "B2"});
  PolicyPlayer player(network, {});
  EXPECT_EQ(player.Decide(state, kBlack)->point, At("K10"));
}

TEST(PolicyPlayerTest, TakesNoKoBack) {
  FakeEvaluator network;
  GameState state;
  // . X O .   Black takes B2 by playing C2.
  Play(state, kBlack, {"A2", "B3", "B1"});
  Play(state, kWhite, {"B2", "C3", "C1", "D2"});
  Play(state, kBlack, {"C2"});
  ASSERT_EQ(state.board().At(1, 17), go::Color::kEmpty);
  network.Prefer("B2", 0.9f);
  network.Prefer("K10", 0.1f);
  PolicyPlayer player(network, {});
  EXPECT_EQ(player.Decide(state, kWhite)->point, At("K10"));
}

TEST(GameStateTest, PositionalSuperkoIsNotOursToPlay) {
  GameState state;
  Play(state, kBlack, {"A2", "B3", "B1"});
  Play(state, kWhite, {"B2", "C3", "C1", "D2"});
  Play(state, kBlack, {"C2"});
  // The same player passes in between: no ko any more, yet the position would come back.
  ASSERT_TRUE(state.Play({go::kPass, kWhite}).ok());
  ASSERT_TRUE(state.Play({go::kPass, kBlack}).ok());
  EXPECT_EQ(state.board().Check({At("B2"), kWhite}), go::Legality::kLegal);
  EXPECT_FALSE(state.MayPlay({At("B2"), kWhite}));
  EXPECT_TRUE(state.MayPlay({At("K10"), kWhite}));
}

TEST(GameStateTest, UndoRestoresBoardTurnAndPlanes) {
  GameState state;
  Play(state, kBlack, {"A2", "B3", "B1"});
  Play(state, kWhite, {"B2", "C3", "C1", "D2"});
  const auto before = state.Planes(kBlack).history;
  const uint64_t hash = state.board().StonesHash();
  Play(state, kBlack, {"C2"});
  EXPECT_EQ(state.board().captures(kBlack), 1);
  ASSERT_TRUE(state.Undo());
  EXPECT_EQ(state.board().StonesHash(), hash);
  EXPECT_EQ(state.board().captures(kBlack), 0);
  EXPECT_EQ(state.to_move(), kBlack);
  EXPECT_EQ(state.Planes(kBlack).history, before);
}

TEST(GameStateTest, LoadTakesTheTurnFromTheNextMove) {
  go::GameRecord game;
  game.moves = {{At("Q16"), kBlack}, {At("D4"), kBlack}, {At("D16"), kWhite}};
  GameState state;
  ASSERT_TRUE(state.Load(game, 1).ok());
  EXPECT_EQ(state.to_move(), kBlack);
  ASSERT_TRUE(state.Load(game).ok());
  EXPECT_EQ(state.to_move(), kBlack);
  game.moves[0].color = kWhite;
  ASSERT_TRUE(state.Load(game, 0).ok());
  EXPECT_EQ(state.to_move(), kWhite);
}

TEST(GameStateTest, BadGamesAreRefusedAndChangeNothing) {
  GameState state;
  Play(state, kBlack, {"Q16"});
  go::GameRecord game;
  game.moves = {{At("D4"), kBlack}, {At("D4"), kWhite}};
  EXPECT_EQ(state.Load(game).message(),
            "move 2 (White D4) is not legal: OCCUPIED; choose an earlier ply");
  game.info.board_size = 9;
  EXPECT_FALSE(state.Load(game).ok());
  EXPECT_EQ(state.moves().size(), 1u);
}

TEST(PolicyPlayerTest, SelfPlayWithAnEvenNetworkEndsByPasses) {
  FakeEvaluator network;
  network.Prefer("pass", 0);  // plays on while it can
  GameState state;
  PolicyPlayer player(network, {.temperature = 1, .seed = 3});
  while (state.consecutive_passes() < 2) {
    const absl::StatusOr<Decision> decision = player.Decide(state, state.to_move());
    ASSERT_TRUE(decision.ok());
    ASSERT_TRUE(state.MayPlay({decision->point, state.to_move()}));
    ASSERT_FALSE(IsOwnEye(state.board(), decision->point, state.to_move()));
    ASSERT_TRUE(state.Play({decision->point, state.to_move()}).ok());
    ASSERT_LE(state.moves().size(), PolicyPlayer::kPassFromMove + 2);
  }
}

TEST(PolicyPlayerTest, TemperatureFollowsTheSeed) {
  FakeEvaluator network;
  GameState state;
  const PlayerOptions options{.temperature = 1, .seed = 5};
  PolicyPlayer a(network, options), b(network, options);
  bool varies = false;
  for (int i = 0; i < 10; ++i) {
    const go::Point point = a.Decide(state, kBlack)->point;
    EXPECT_EQ(point, b.Decide(state, kBlack)->point);
    varies |= !(point == At("A19"));
  }
  EXPECT_TRUE(varies);
}

TEST(PolicyPlayerTest, NetworkOfNansStillPlaysLegally) {
  FakeEvaluator network;
  network.answer.policy.fill(std::numeric_limits<float>::quiet_NaN());
  GameState state;
  PolicyPlayer player(network, {.temperature = 0.5});
  const absl::StatusOr<Decision> decision = player.Decide(state, kBlack);
  ASSERT_TRUE(decision.ok());
  EXPECT_TRUE(state.MayPlay({decision->point, kBlack}));
}

// Black has a corner of three points, White one stone; the last move of `plies` is White's pass.
GameState AlmostOver(int plies) {
  GameState state;
  EXPECT_TRUE(state.Play({At("A2"), kBlack}).ok());
  EXPECT_TRUE(state.Play({At("B1"), kBlack}).ok());
  EXPECT_TRUE(state.Play({At("K10"), kWhite}).ok());
  while (static_cast<int>(state.moves().size()) < plies) {
    EXPECT_TRUE(state.Play({go::kPass, kWhite}).ok());
  }
  return state;
}

TEST(PolicyPlayerTest, APassIsAnsweredByAPassWhenTheAreaIsWon) {
  FakeEvaluator network;
  network.Prefer("Q16", 0.5f);
  PolicyPlayer player(network, {});
  GameState state = AlmostOver(100);
  state.set_komi_half_points(-1);
  EXPECT_EQ(player.Decide(state, kBlack)->point, go::kPass);
  state.set_komi_half_points(13);
  EXPECT_EQ(player.Decide(state, kBlack)->point, At("Q16"));
  // Its own pass is no offer, and an early one is a turn left out.
  state.set_komi_half_points(-1);
  EXPECT_EQ(player.Decide(state, kWhite)->point, At("Q16"));
  state = AlmostOver(10);
  state.set_komi_half_points(-1);
  EXPECT_EQ(player.Decide(state, kBlack)->point, At("Q16"));
}

TEST(PolicyPlayerTest, CleanupPassesOnlyWhenNothingElseIsLeft) {
  FakeEvaluator network;
  network.Prefer("pass", 0.9f);
  network.answer.value = -1;
  PolicyPlayer player(network, {.resign_after = 1, .resign_from_move = 0});
  GameState state;
  EXPECT_EQ(player.Cleanup(state, kBlack)->point, At("A19"));
  // Two eyes in the corners of a board full of black stones.
  for (int index = 1; index < features::kPointCount - 1; ++index) {
    ASSERT_TRUE(state.Play({features::PolicyPoint(index), kBlack}).ok());
  }
  EXPECT_EQ(player.Cleanup(state, kBlack)->point, go::kPass);
}

TEST(ScoringTest, ChainsAreListedByTheirFirstStone) {
  GameState state;
  Play(state, kBlack, {"A1", "A2", "Q16"});
  Play(state, kWhite, {"B1"});
  const auto chains = Chains(state.board());
  ASSERT_EQ(chains.size(), 3u);
  EXPECT_EQ(chains[0], (std::vector<go::Point>{At("Q16")}));
  EXPECT_EQ(chains[1], (std::vector<go::Point>{At("A2"), At("A1")}));
  EXPECT_EQ(chains[2], (std::vector<go::Point>{At("B1")}));
}

TEST(ScoringTest, SharedRegionsAreNobodys) {
  GameState state;
  Play(state, kBlack, {"A2", "B1", "B2"});
  Play(state, kWhite, {"Q16"});
  const go::AreaCount area = CountArea(state.board());
  EXPECT_EQ(area.black, 4);
  EXPECT_EQ(area.white, 1);
  EXPECT_EQ(FormatScore(area, 15), "W+4.5");
  EXPECT_EQ(FormatScore(area, 6), "0");
  EXPECT_EQ(FormatScore(area, -2), "B+4");
}

}  // namespace
}  // namespace moyo::play
