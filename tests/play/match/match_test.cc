#include "absl/strings/match.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "play/game_file.h"
#include "play/match/elo.h"
#include "play/match/match_command.h"
#include "play/match/play_game.h"
#include "tests/play/fake_evaluator.h"
#include "tests/support/temp_folder.h"

namespace moyo::play {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MatchTest : public testing::Test {
 protected:
  static std::string Fake(const std::string& arguments = "") {
    return "python3 " MOYO_SOURCE_DIR "/tests/play/match/fake_gtp.py " + arguments;
  }
  MatchOptions Options(const std::string& engine, const std::string& opponent) const {
    MatchOptions options;
    options.engine = engine;
    options.opponent = opponent;
    options.out = folder_.path() + "/match";
    options.games = 2;
    options.opening_moves = 4;
    return options;
  }
  absl::Status Run(const MatchOptions& options, evaluation::Evaluator* evaluator = nullptr) {
    out_.str("");
    return RunMatch(options, evaluator, out_, progress_);
  }
  nlohmann::json Report() const {
    return nlohmann::json::parse(*ReadFile(folder_.path() + "/match/match.json"));
  }
  std::string Game(int number) const {
    return *ReadFile(absl::StrCat(folder_.path(), "/match/game-000", number, ".sgf"));
  }

  test::TempFolder folder_;
  std::ostringstream out_, progress_;
};

TEST_F(MatchTest, ColoursTakeTurnsAndTheOpponentCounts) {
  MatchOptions options =
      Options(Fake("--pass-after 5"), Fake("--pass-after 5 --score B+2.5 --noisy"));
  options.games = 4;
  options.parallel = 2;
  const absl::Status status = Run(options);
  ASSERT_TRUE(status.ok()) << status;
  const auto report = Report();
  EXPECT_EQ(report["won"], 2);
  EXPECT_EQ(report["lost"], 2);
  EXPECT_EQ(report["as_black"]["won"], 2);
  EXPECT_EQ(report["as_white"]["lost"], 2);
  EXPECT_EQ(report["elo"], 0.0);
  EXPECT_EQ(report["by_failure"], nlohmann::json::parse(R"({"won": 0, "lost": 0})"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("failure")));
  for (int game = 0; game < 4; ++game) {
    EXPECT_EQ(report["results"][game]["engine"], game % 2 == 0 ? "black" : "white");
    EXPECT_EQ(report["results"][game]["result"], "B+2.5");
    EXPECT_EQ(report["results"][game]["end"], "passes");
    EXPECT_EQ(report["results"][game]["moves"], 4 + 2 * 5 + 2);
  }
  EXPECT_THAT(out_.str(), HasSubstr("2 won, 2 lost, 0 drawn of 4 (50.0%)"));
  EXPECT_THAT(progress_.str(), HasSubstr("2 won, 2 lost"));
  EXPECT_THAT(*ReadFile(folder_.path() + "/match/opponent-2.log"), HasSubstr("ready"));
}

TEST_F(MatchTest, PairsShareAnOpeningAndPairsDiffer) {
  MatchOptions options = Options(Fake("--pass-after 0"), Fake("--pass-after 0"));
  options.games = 4;
  ASSERT_TRUE(Run(options).ok());
  const auto moves = [&](int game) {
    return LoadGame(absl::StrCat(options.out, "/game-000", game, ".sgf"))->moves;
  };
  EXPECT_EQ(moves(1).size(), 6u);
  EXPECT_EQ(moves(1), moves(2));
  EXPECT_EQ(moves(3), moves(4));
  EXPECT_NE(moves(1), moves(3));
  EXPECT_THAT(Game(1), HasSubstr("PW[" + options.opponent));
  EXPECT_THAT(Game(2), HasSubstr("PB[" + options.opponent));
}

TEST_F(MatchTest, ResignationsAndIllegalMovesLose) {
  ASSERT_TRUE(Run(Options(Fake("--resign-after 3"), Fake())).ok());
  EXPECT_EQ(Report()["lost"], 2);
  EXPECT_EQ(Report()["results"][0]["result"], "W+R");
  EXPECT_THAT(Game(2), HasSubstr("RE[B+R]"));
  EXPECT_THAT(out_.str(), HasSubstr("under +"));  // no win: only a bound

  for (const char* misbehaviour : {"--illegal-after 2", "--garbage-after 2"}) {
    std::filesystem::remove_all(folder_.path() + "/match");
    ASSERT_TRUE(Run(Options(Fake(), Fake(misbehaviour))).ok());
    EXPECT_EQ(Report()["won"], 2) << misbehaviour;
    EXPECT_EQ(Report()["results"][0]["end"], "illegal move") << misbehaviour;
    EXPECT_THAT(Game(1), HasSubstr("RE[B+F]"));
  }
}

TEST_F(MatchTest, AtTheMoveBoundTheOtherJudgeOrTheAreaCounts) {
  MatchOptions options = Options(Fake("--score W+7"), Fake("--no-score"));
  options.max_moves = 12;
  ASSERT_TRUE(Run(options).ok());
  EXPECT_EQ(Report()["results"][1]["result"], "W+7");
  EXPECT_EQ(Report()["results"][1]["end"], "move bound");
  EXPECT_EQ(Report()["results"][1]["moves"], 12);

  std::filesystem::remove_all(options.out);
  options.engine = Fake("--score perhaps");
  ASSERT_TRUE(Run(options).ok());
  // Six stones each and every empty point between them: White has its komi.
  EXPECT_EQ(Report()["results"][0]["result"], "W+6.5");
}

TEST_F(MatchTest, NetworkPlaysTheOpeningAndItsMoves) {
  FakeEvaluator network;
  network.Prefer("pass", 0.001f);
  network.Prefer("k10", 0.9f);
  MatchOptions options = Options("", Fake("--pass-after 2 --score 0"));
  options.max_moves = 30;
  options.parallel = 2;
  options.json = true;
  options.opening_moves = 4;
  const absl::Status status = Run(options, &network);
  ASSERT_TRUE(status.ok()) << status;
  const auto json = nlohmann::json::parse(out_.str());
  EXPECT_EQ(json["engine"], "Moyo");
  EXPECT_EQ(json["drawn"], 2);
  EXPECT_THAT(Game(1), HasSubstr("RE[0]"));
  const std::vector<go::Move> moves = LoadGame(options.out + "/game-0001.sgf")->moves;
  ASSERT_EQ(moves.size(), 30u);
  for (int ply = 0; ply < 4; ++ply) EXPECT_FALSE(moves[ply].point.IsPass()) << ply;
  // The opening's or the engine's first, and after it no point twice.
  EXPECT_EQ(std::count_if(moves.begin(), moves.begin() + 5,
                          [](const go::Move& move) {
                            return move.point == go::Point{9, 9};
                          }),
            1);
  for (int ply = 4; ply < 30; ply += 2) {
    EXPECT_FALSE(moves[ply].point.IsPass()) << "the engine, which is Black, at " << ply;
  }
}

TEST_F(MatchTest, ANetworkThatGoesOnPlaysAsItWouldHave) {
  FakeEvaluator network;
  MatchOptions options = Options("", Fake("--pass-after 2 --score 0"));
  options.max_moves = 20;
  options.games = 4;
  options.player.temperature = 1;
  ASSERT_TRUE(Run(options, &network).ok());
  const std::string third = Game(3), fourth = Game(4);
  EXPECT_NE(LoadGame(options.out + "/game-0003.sgf")->moves,
            LoadGame(options.out + "/game-0001.sgf")->moves);
  auto stopped = Report();
  stopped["results"].erase(2);
  folder_.Write("match/match.json", stopped.dump());
  folder_.Write("match/game-0003.sgf", "");
  ASSERT_TRUE(Run(options, &network).ok());
  EXPECT_EQ(Game(3), third);
  EXPECT_EQ(Game(4), fourth);
}

TEST_F(MatchTest, AProgramThatFailsForfeitsTheGameWithTheReason) {
  struct Case {
    const char* arguments;
    const char* message;
  };
  for (const Case& c : {Case{"--die-after 2", "has ended (dying now)"},
                        Case{"--hang-after 2", "did not answer in time"},
                        Case{"--refuse-play", "refuses 'play b "}}) {
    std::filesystem::remove_all(folder_.path() + "/match");
    MatchOptions options = Options(Fake(), Fake(c.arguments));
    options.games = 1;
    // Long enough for two interpreters to start on a busy machine, and no longer.
    if (absl::StrContains(c.arguments, "hang")) options.command_timeout = absl::Seconds(5);
    const absl::Status status = Run(options);
    ASSERT_TRUE(status.ok()) << c.arguments << ": " << status;
    const auto result = Report()["results"][0];
    EXPECT_EQ(result["end"], "failure") << c.arguments;
    EXPECT_EQ(result["result"], "B+F") << c.arguments;
    EXPECT_THAT(result["failure"], HasSubstr(c.message));
    EXPECT_EQ(Report()["by_failure"], nlohmann::json::parse(R"({"won": 1, "lost": 0})"));
    EXPECT_THAT(out_.str(), HasSubstr("1 of those won and 0 of those lost ended by a program's"));
    EXPECT_THAT(progress_.str(), HasSubstr(c.message));
    EXPECT_THAT(Game(1), HasSubstr("RE[B+F]"));
  }
}

TEST_F(MatchTest, AProgramThatEndedIsStartedAgainForTheNextGame) {
  const std::string once = absl::StrCat(" --once ", folder_.path(), "/died");
  struct Case {
    const char* death;
    const char* result;  // of the game with it
  };
  for (const Case& c : {Case{"--die-after 2", "B+F"},
                        Case{"--die-at-score", "W+6.5"},  // by area, which is White's by komi
                        Case{"--die-between", "B+1"}}) {
    std::filesystem::remove_all(folder_.path() + "/match");
    std::filesystem::remove(folder_.path() + "/died");
    const absl::Status status =
        Run(Options(Fake("--pass-after 3 --no-score"),
                    Fake(absl::StrCat("--pass-after 3 --score B+1 ", c.death, once))));
    ASSERT_TRUE(status.ok()) << c.death << ": " << status;
    EXPECT_TRUE(std::filesystem::exists(folder_.path() + "/died")) << c.death;
    EXPECT_EQ(Report()["results"][0]["result"], c.result) << c.death;
    EXPECT_EQ(Report()["results"][1]["result"], "B+1") << c.death;
    EXPECT_EQ(Report()["results"][1]["failure"], nullptr) << c.death;
  }
}

TEST_F(MatchTest, AProgramThatFailsAgainAndAgainEndsTheMatch) {
  MatchOptions options = Options(Fake("--die-after 1"), Fake());
  options.games = 5;
  const absl::Status status = Run(options);
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("game 3: "));
  EXPECT_THAT(Game(3), HasSubstr("RE[W+F]"));
  EXPECT_FALSE(std::filesystem::exists(options.out + "/game-0004.sgf"));
  EXPECT_EQ(Report()["results"].size(), 3u);
}

TEST_F(MatchTest, AProgramThatCannotBeginEndsTheMatchWithItsName) {
  const absl::Status refuses = Run(Options(Fake(), Fake("--refuse-komi")));
  EXPECT_TRUE(absl::IsInvalidArgument(refuses)) << refuses;
  EXPECT_THAT(std::string(refuses.message()), HasSubstr("game 1: "));
  EXPECT_THAT(std::string(refuses.message()), HasSubstr("no komi here"));
  const absl::Status missing = Run(Options(Fake(), "/no/such/program"));
  EXPECT_TRUE(absl::IsUnavailable(missing));
  EXPECT_THAT(std::string(missing.message()), HasSubstr("not found"));
}

TEST_F(MatchTest, AnswersWithoutEndAreCutOff) {
  const absl::Status status = Run(Options(Fake(), "yes"));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
}

TEST_F(MatchTest, AMatchThatIsOverIsToldAgainAndNotPlayedAgain) {
  const MatchOptions options = Options(Fake("--pass-after 1"), Fake("--pass-after 1"));
  ASSERT_TRUE(Run(options).ok());
  const std::string told = out_.str();
  const auto written = Report();
  folder_.Write("match/game-0001.sgf", "mine");
  const absl::Status status = Run(options);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(out_.str(), told);
  EXPECT_EQ(Report(), written);
  EXPECT_EQ(Game(1), "mine");
  EXPECT_THAT(progress_.str(), HasSubstr("going on: 2 games are there already"));
}

TEST_F(MatchTest, AMatchThatWasStoppedGoesOnAndMayBeMadeLonger) {
  MatchOptions options = Options(Fake("--pass-after 1"), Fake("--pass-after 1 --score B+1"));
  options.games = 4;
  ASSERT_TRUE(Run(options).ok());
  auto whole = Report();
  // As a kill leaves it: the third game's record is half of another one, and it is not in the list.
  auto stopped = whole;
  stopped["results"].erase(2);
  folder_.Write("match/match.json", stopped.dump());
  folder_.Write("match/game-0003.sgf", "(;GM[1]");
  folder_.Write("match/game-0004.sgf", "kept");
  ASSERT_TRUE(Run(options).ok());
  EXPECT_THAT(Game(3), HasSubstr("RE[B+1]"));
  EXPECT_EQ(Game(4), "kept");
  auto again = Report();
  for (auto* report : {&whole, &again}) {
    for (auto& result : (*report)["results"]) result.erase("seconds");
  }
  EXPECT_EQ(again, whole);

  options.games = 6;
  ASSERT_TRUE(Run(options).ok());
  EXPECT_EQ(Report()["games"], 6);
  EXPECT_THAT(Game(6), HasSubstr("RE[B+1]"));
}

TEST_F(MatchTest, EveryFinishedGameIsInTheReportWhenTheMatchBreaksOff) {
  // The first game is over before the opponent's second start, which fails.
  const std::string died = folder_.path() + "/died";
  const absl::Status status =
      Run(Options(Fake("--pass-after 1"),
                  absl::StrCat("test ! -e ", died, " && exec ",
                               Fake("--pass-after 1 --score B+1 --die-between --once " + died))));
  EXPECT_FALSE(status.ok());
  ASSERT_EQ(Report()["results"].size(), 1u) << status;
  EXPECT_EQ(Report()["results"][0]["file"], "game-0001.sgf");
  EXPECT_EQ(Report()["won"], 1);
}

TEST_F(MatchTest, AMatchWithOtherOptionsIsNotGoneOnWith) {
  FakeEvaluator network;
  MatchOptions options = Options("", Fake("--resign-after 1"));
  options.network_sha256 = "aa";
  ASSERT_TRUE(Run(options, &network).ok());
  const auto refused = [&](const char* what, const auto& change) {
    MatchOptions other = options;
    change(other);
    const absl::Status status = Run(other, &network);
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << what << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("match.json: ", what)));
    EXPECT_THAT(std::string(status.message()), HasSubstr("another --out"));
  };
  refused("\"network\" was \"aa\" and is \"bb\" now", [](auto& o) { o.network_sha256 = "bb"; });
  refused("\"resign\" was -0.95 and is -1.0 now", [](auto& o) { o.player.resign_below = -1; });
  refused("\"match_seed\" was 1 and is 2 now", [](auto& o) { o.seed = 2; });
  refused("\"komi\" was 6.5 and is 7.5 now", [](auto& o) { o.komi = 7.5; });
  refused("\"engine\" was \"Moyo\"", [](auto& o) { o.engine = "other"; });
  // What no game depends on.
  options.parallel = 2;
  options.json = true;
  EXPECT_TRUE(Run(options, &network).ok());
}

TEST_F(MatchTest, AReportThatIsNoneIsNotWrittenOver) {
  const MatchOptions options = Options(Fake("--pass-after 1"), Fake("--pass-after 1"));
  for (
      const char* bytes :
      {"", "[]", "{}", R"({"results": [1]})", R"({"results": [{"file": "game-1.sgf"}]})",
       R"({"results": [{"file": "game-0001.sgf", "result": "Void", "end": "passes"}]})",
       R"({"results": [{"file": "game-0001.sgf", "result": "0", "end": "boredom"}]})",
       R"({"results": [{"file": "game-0001.sgf", "result": "0", "end": "passes", "moves": -1}]})",
       // Of a version that did not write down what it was played with.
       R"({"engine": "e", "results": [{"file": "game-0001.sgf", "result": "0", "end": "passes"}]})"}) {
    folder_.Write("match/match.json", bytes);
    const absl::Status status = Run(options);
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << bytes << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("another --out")) << bytes;
    EXPECT_EQ(*ReadFile(options.out + "/match.json"), bytes);
  }
}

TEST_F(MatchTest, AMatchThatNeverBeganLeavesItsFolderFree) {
  ASSERT_FALSE(Run(Options(Fake(), "/no/such/program")).ok());
  EXPECT_EQ(Report()["games"], 0);
  EXPECT_TRUE(Run(Options(Fake("--pass-after 1"), Fake("--pass-after 1"))).ok());
}

TEST_F(MatchTest, TwoMatchesDoNotShareAFolder) {
  const MatchOptions options = Options(Fake("--pass-after 1"), Fake("--pass-after 1"));
  ASSERT_TRUE(MakeFolder(options.out).ok());
  const auto lock = FileLock::Acquire(options.out + "/lock");
  ASSERT_TRUE(lock.ok());
  const absl::Status status = Run(options);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("is held by another process"));
}

TEST_F(MatchTest, ACommandMayHoldAnyBytes) {
  const MatchOptions options = Options(Fake("--pass-after 1"), Fake("--pass-after 1 ; : \xff"));
  ASSERT_TRUE(Run(options).ok());
  EXPECT_THAT(Report()["opponent"].get<std::string>(), HasSubstr(": \xef\xbf\xbd"));
  const absl::Status status = Run(options);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_THAT(progress_.str(), HasSubstr("going on: 2 games are there already"));
}

TEST_F(MatchTest, AFailureMayBeToldAtAnyLength) {
  const MatchOptions options =
      Options(Fake("--pass-after 1"), Fake("--pass-after 1 --refuse-play-with 1048000"));
  for (int run = 0; run < 2; ++run) {
    const absl::Status status = Run(options);
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(Report()["by_failure"]["won"], 2);
    EXPECT_LT(Report()["results"][0]["failure"].get<std::string>().size(), 2000u);
  }
}

TEST_F(MatchTest, GamesThatAFailureDecidedArePlayedAgain) {
  const std::string died = folder_.path() + "/died";
  const MatchOptions options = Options(
      Fake("--pass-after 1"), Fake("--pass-after 1 --score B+1 --die-after 1 --once " + died));
  ASSERT_TRUE(Run(options).ok());
  EXPECT_EQ(Report()["by_failure"]["won"], 1);
  EXPECT_THAT(Game(1), HasSubstr("RE[B+F]"));
  ASSERT_TRUE(Run(options).ok());
  EXPECT_THAT(progress_.str(), HasSubstr("going on: 1 game is there already"));
  EXPECT_EQ(Report()["by_failure"]["won"], 0);
  EXPECT_EQ(Report()["games"], 2);
  EXPECT_THAT(Game(1), HasSubstr("RE[B+1]"));
}

TEST_F(MatchTest, AStoppedMatchWithoutItsFirstGameIsNotWrittenOver) {
  const MatchOptions options = Options(Fake("--pass-after 1"), Fake("--pass-after 1"));
  folder_.Write("match/game-0002.sgf", "(;GM[1])");
  const absl::Status status = Run(options);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("'game-0002.sgf'"));
  EXPECT_EQ(Game(2), "(;GM[1])");
  EXPECT_FALSE(std::filesystem::exists(options.out + "/game-0001.sgf"));
}

TEST_F(MatchTest, OtherFilesInTheFolderDoNotMatter) {
  folder_.Write("match/notes.txt", "mine");
  folder_.Write("match/opponent-1.log", "of a match that never began");
  EXPECT_TRUE(Run(Options(Fake("--pass-after 1"), Fake("--pass-after 1"))).ok());
}

TEST(ParseScoreTest, ScoresAndDraws) {
  EXPECT_EQ(ParseScore("B+3.5")->margin_half_points, 7);
  EXPECT_EQ(ParseScore("w+12 ")->winner, go::Winner::kWhite);
  for (const char* draw : {"0", "jigo", "Draw", "B+0"}) {
    EXPECT_EQ(ParseScore(draw)->winner, go::Winner::kDraw) << draw;
  }
  for (const char* bad : {"", "B+", "B+R", "W+nan", "W+-3", "3.5", "B+1e9"}) {
    EXPECT_FALSE(ParseScore(bad).ok()) << bad;
  }
}

TEST(EloTest, AgreesWithKnownValues) {
  const EloEstimate even = EstimateElo({.won = 5, .lost = 5});
  EXPECT_DOUBLE_EQ(*even.elo, 0);
  // Wilson's interval of 5 of 10 is 0.2366 to 0.7634.
  EXPECT_NEAR(*even.low, 400 * std::log10(0.2366 / 0.7634), 0.1);
  EXPECT_NEAR(*even.high, -*even.low, 1e-9);
  EXPECT_NEAR(*EstimateElo({.won = 75, .lost = 25}).elo, 190.8, 0.1);
  const EloEstimate all = EstimateElo({.won = 20});
  EXPECT_FALSE(all.elo || all.high);
  EXPECT_NEAR(*all.low, 400 * std::log10(0.8389 / 0.1611), 0.5);
  EXPECT_THAT(FormatElo(all), HasSubstr("over +"));
  EXPECT_EQ(FormatElo(EstimateElo({})), "not known");
}

TEST(DrawOpeningTest, SameSeedSameMoves) {
  FakeEvaluator network;
  const auto first = *DrawOpening(&network, 8, 4);
  EXPECT_EQ(first.size(), 8u);
  EXPECT_EQ(first, *DrawOpening(&network, 8, 4));
  EXPECT_NE(first, *DrawOpening(&network, 8, 5));
  EXPECT_EQ(DrawOpening(nullptr, 9, 1)->size(), 4u);
  network.failure = absl::InternalError("broken");
  EXPECT_FALSE(DrawOpening(&network, 8, 4).ok());
}

}  // namespace
}  // namespace moyo::play
