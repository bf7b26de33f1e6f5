#include "play/gtp_analysis.h"

#include "absl/strings/str_split.h"
#include "common/go/symmetry.h"
#include "gtest/gtest.h"
#include "tests/play/fake_evaluator.h"

namespace moyo::play {
namespace {

TEST(GtpAnalysisTest, SymmetryTurnsTheBoardAndTurnsTheAnswerBack) {
  FakeEvaluator network;
  network.Prefer("A19", 0.5f);
  GameState state;
  ASSERT_TRUE(state.Play({*go::ParseVertex("C18", 19), go::Color::kBlack}).ok());
  for (int symmetry = 0; symmetry < go::kSymmetries; ++symmetry) {
    const auto seen = EvaluateSymmetry(state, go::Color::kWhite, symmetry, network);
    ASSERT_TRUE(seen.ok());
    // The stone where the network saw it, and its choice where that is on our board.
    const int stone = features::PolicyIndex(go::Transform({2, 1}, symmetry, 19));
    const uint64_t word = network.last.history[features::kHistory][stone >> 6];
    EXPECT_EQ(word >> (stone & 63) & 1, 1u) << symmetry;
    const go::Point corner = go::Transform({0, 0}, go::InverseSymmetry(symmetry), 19);
    EXPECT_EQ(seen->policy[features::PolicyIndex(corner)], 0.5f) << symmetry;
  }
}

TEST(GtpAnalysisTest, RawNetworkTextIsABoardOfNumbers) {
  FakeEvaluator network;
  network.Prefer("T19", 0.25f);
  network.Prefer("pass", 0.125f);
  network.answer.value = 0.5f;
  GameState state;
  ASSERT_TRUE(state.Play({*go::ParseVertex("A19", 19), go::Color::kBlack}).ok());
  const auto text = RawNetworkText(state, go::Color::kWhite, 0, network);
  ASSERT_TRUE(text.ok());
  const std::vector<std::string> lines = absl::StrSplit(*text, '\n');
  ASSERT_EQ(lines.size(), 5u + 19 + 1);
  EXPECT_EQ(lines[0], "symmetry 0");
  EXPECT_EQ(lines[1], "whiteWin 0.750000");
  EXPECT_EQ(lines[2], "whiteLoss 0.250000");
  EXPECT_EQ(lines[24], "policyPass 0.125000");
  const std::vector<std::string> row = absl::StrSplit(lines[5], ' ', absl::SkipEmpty());
  ASSERT_EQ(row.size(), 19u);
  EXPECT_EQ(row[0], "NAN");
  EXPECT_EQ(row[18], "0.250000");
}

TEST(GtpAnalysisTest, DamagedNetworkGivesNoNonsense) {
  FakeEvaluator network;
  network.answer.value = std::numeric_limits<float>::quiet_NaN();
  const auto line = AnalysisLine(GameState(), {.max_moves = 1}, AnalysisStyle::kLz, network);
  ASSERT_TRUE(line.ok());
  EXPECT_NE(line->find("winrate 5000"), std::string::npos) << *line;
  network.failure = absl::InternalError("broken");
  EXPECT_FALSE(AnalysisLine(GameState(), {}, AnalysisStyle::kLz, network).ok());
  EXPECT_FALSE(RawNetworkText(GameState(), go::Color::kBlack, 0, network).ok());
}

TEST(GtpAnalysisTest, RequestsTakeColourIntervalAndNames) {
  const auto request =
      ParseAnalysisRequest({"w", "50", "maxmoves", "3", "rootInfo", "true"}, go::Color::kBlack);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->color, go::Color::kWhite);
  EXPECT_EQ(request->max_moves, 3u);
  EXPECT_TRUE(request->root_info);
  EXPECT_EQ(ParseAnalysisRequest({}, go::Color::kWhite)->color, go::Color::kWhite);
  EXPECT_EQ(ParseAnalysisRequest({"maxmoves", "99999"}, go::Color::kWhite)->max_moves,
            static_cast<size_t>(features::kPolicySize));
  for (const std::vector<std::string>& bad : std::vector<std::vector<std::string>>{
           {"avoid", "b", "A1", "1"}, {"interval"}, {"maxmoves", "0"}, {"b", "w"}}) {
    EXPECT_FALSE(ParseAnalysisRequest(bad, go::Color::kBlack).ok()) << bad[0];
  }
}

}  // namespace
}  // namespace moyo::play
