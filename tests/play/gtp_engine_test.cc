#include "play/gtp_engine.h"

#include <random>

#include "common/base/files.h"
#include "gtest/gtest.h"
#include "tests/play/fake_evaluator.h"
#include "tests/support/temp_folder.h"

namespace moyo::play {
namespace {

class GtpEngineTest : public ::testing::Test {
 protected:
  std::string Say(std::string_view line) { return engine_.Handle(line); }
  // Plays every vertex for one colour.
  void Place(std::string_view color, const std::vector<std::string>& vertices) {
    for (const std::string& vertex : vertices) {
      ASSERT_EQ(Say("play " + std::string(color) + " " + vertex), "=\n\n") << vertex;
    }
  }

  FakeEvaluator network_;
  GtpEngine engine_{network_, {}};
};

TEST_F(GtpEngineTest, TellsProtocolNameAndVersion) {
  EXPECT_EQ(Say("protocol_version"), "= 2\n\n");
  EXPECT_EQ(Say("name"), "= Moyo\n\n");
  EXPECT_EQ(Say("version"), "= 0.1.0\n\n");
}

TEST_F(GtpEngineTest, IdComesBackWithTheResponse) {
  EXPECT_EQ(Say("42 protocol_version"), "=42 2\n\n");
  EXPECT_EQ(Say("7 no_such_command"), "?7 unknown command\n\n");
}

TEST_F(GtpEngineTest, CommentsBlankLinesAndControlCharactersAreLeftOut) {
  EXPECT_EQ(Say(""), "");
  EXPECT_EQ(Say("   \t "), "");
  EXPECT_EQ(Say("# only a comment"), "");
  EXPECT_EQ(Say("\x01protocol_\x02version\r # why"), "= 2\n\n");
  EXPECT_EQ(Say("play\tb\tq16"), "=\n\n");
}

TEST_F(GtpEngineTest, EveryListedCommandIsKnown) {
  const std::string list = Say("list_commands");
  for (const char* command : {"boardsize",
                              "clear_board",
                              "final_score",
                              "fixed_handicap",
                              "genmove",
                              "known_command",
                              "komi",
                              "list_commands",
                              "loadsgf",
                              "name",
                              "place_free_handicap",
                              "play",
                              "protocol_version",
                              "quit",
                              "reg_genmove",
                              "set_free_handicap",
                              "showboard",
                              "time_left",
                              "time_settings",
                              "undo",
                              "version"}) {
    EXPECT_NE(list.find(command), std::string::npos) << command;
    EXPECT_EQ(Say("known_command " + std::string(command)), "= true\n\n");
  }
  EXPECT_EQ(Say("known_command dance"), "= false\n\n");
  EXPECT_EQ(Say("known_command"), "= false\n\n");
}

TEST_F(GtpEngineTest, OnlyNineteenIsABoardSize) {
  EXPECT_EQ(Say("boardsize 19"), "=\n\n");
  EXPECT_EQ(Say("boardsize 9"), "? unacceptable size\n\n");
  EXPECT_EQ(Say("boardsize big"), "? boardsize not an integer\n\n");
}

TEST_F(GtpEngineTest, QuitAnswersAndEnds) {
  EXPECT_FALSE(engine_.quit());
  EXPECT_EQ(Say("1 quit"), "=1\n\n");
  EXPECT_TRUE(engine_.quit());
}

TEST_F(GtpEngineTest, IllegalMovesAreRefused) {
  EXPECT_EQ(Say("play b Q16"), "=\n\n");
  EXPECT_EQ(Say("play w Q16"), "? illegal move\n\n");
  EXPECT_EQ(Say("play w I5"), "? invalid color or coordinate\n\n");
  EXPECT_EQ(Say("play w T20"), "? invalid color or coordinate\n\n");
  EXPECT_EQ(Say("play green A1"), "? invalid color or coordinate\n\n");
  EXPECT_EQ(Say("play w"), "? invalid color or coordinate\n\n");
  EXPECT_EQ(Say("play WHITE pass"), "=\n\n");
}

TEST_F(GtpEngineTest, GenMovePlaysTheNetworksMove) {
  network_.Prefer("Q16", 0.4f);
  network_.Prefer("D4", 0.3f);
  EXPECT_EQ(Say("genmove b"), "= Q16\n\n");
  EXPECT_EQ(Say("genmove w"), "= D4\n\n");
  EXPECT_EQ(engine_.state().moves().size(), 2u);
  EXPECT_EQ(network_.last.to_move, go::Color::kWhite);
  EXPECT_EQ(Say("genmove"), "? invalid color\n\n");
}

TEST_F(GtpEngineTest, RegGenMoveLeavesTheBoardAlone) {
  network_.Prefer("Q16", 0.4f);
  EXPECT_EQ(Say("reg_genmove b"), "= Q16\n\n");
  EXPECT_TRUE(engine_.state().moves().empty());
}

TEST_F(GtpEngineTest, GenMovePassesWhenTheNetworkDoes) {
  network_.Prefer("pass", 0.4f);
  EXPECT_EQ(Say("genmove b"), "= pass\n\n");
}

TEST_F(GtpEngineTest, GenMoveRetakesNoKo) {
  // Black takes the ko at B2 by C2; White may not take back at once, whatever the network wants.
  Place("b", {"A2", "B3", "B1"});
  Place("w", {"B2", "C3", "C1", "D2"});
  Place("b", {"C2"});
  network_.Prefer("B2", 0.9f);
  network_.Prefer("K10", 0.4f);
  EXPECT_EQ(Say("play w B2"), "? illegal move\n\n");
  EXPECT_EQ(Say("genmove w"), "= K10\n\n");
}

TEST_F(GtpEngineTest, UndoGoesBackToTheStart) {
  Place("b", {"A1", "C3"});
  EXPECT_EQ(Say("undo"), "=\n\n");
  EXPECT_EQ(Say("undo"), "=\n\n");
  EXPECT_EQ(Say("undo"), "? cannot undo\n\n");
  EXPECT_EQ(engine_.state().board().StonesHash(), 0u);
}

TEST_F(GtpEngineTest, FinalScoreCountsAreaAndKomi) {
  EXPECT_EQ(Say("komi 6.5"), "=\n\n");
  EXPECT_EQ(Say("final_score"), "= W+6.5\n\n");
  Place("b", {"K10"});
  EXPECT_EQ(Say("final_score"), "= B+354.5\n\n");
  EXPECT_EQ(Say("komi 361"), "=\n\n");
  EXPECT_EQ(Say("final_score"), "= 0\n\n");
  EXPECT_EQ(Say("komi much"), "? komi not a float\n\n");
  EXPECT_EQ(Say("komi nan"), "? komi not a float\n\n");
  EXPECT_EQ(Say("komi 1e9"), "? komi not a float\n\n");
}

TEST_F(GtpEngineTest, FixedHandicapPlacesTheCustomaryPoints) {
  EXPECT_EQ(Say("fixed_handicap 1"), "? invalid number of stones\n\n");
  EXPECT_EQ(Say("fixed_handicap 10"), "? invalid number of stones\n\n");
  EXPECT_EQ(Say("fixed_handicap x"), "? handicap not an integer\n\n");
  EXPECT_EQ(Say("fixed_handicap 5"), "= D4 Q16 D16 Q4 K10\n\n");
  EXPECT_EQ(engine_.state().to_move(), go::Color::kWhite);
  EXPECT_EQ(Say("fixed_handicap 2"), "? board not empty\n\n");
}

TEST_F(GtpEngineTest, FreeHandicapStonesAreDistinctPoints) {
  EXPECT_EQ(Say("set_free_handicap D4"), "? bad vertex list\n\n");
  EXPECT_EQ(Say("set_free_handicap D4 D4"), "? bad vertex list\n\n");
  EXPECT_EQ(Say("set_free_handicap D4 pass"), "? bad vertex list\n\n");
  EXPECT_EQ(Say("set_free_handicap D4 C3"), "=\n\n");
  EXPECT_EQ(Say("set_free_handicap Q4 Q3"), "? board not empty\n\n");
  EXPECT_EQ(Say("clear_board"), "=\n\n");
  EXPECT_EQ(Say("place_free_handicap 2"), "= D4 Q16\n\n");
  EXPECT_EQ(Say("clear_board"), "=\n\n");
  EXPECT_EQ(Say("place_free_handicap 20"), "= D4 Q16 D16 Q4 D10 Q10 K4 K16 K10\n\n");
}

TEST_F(GtpEngineTest, ClockCommandsAreAccepted) {
  EXPECT_EQ(Say("time_settings 1800 30 5"), "=\n\n");
  EXPECT_EQ(Say("time_settings soon"), "? not three integers\n\n");
  EXPECT_EQ(Say("time_left b 20 0"), "=\n\n");
  EXPECT_EQ(Say("time_left b x 0"), "? not a color and two integers\n\n");
}

TEST_F(GtpEngineTest, ShowBoardHoldsNoEmptyLine) {
  Place("b", {"Q16"});
  const std::string response = Say("showboard");
  EXPECT_EQ(response.find("\n\n"), response.size() - 2);
  EXPECT_NE(response.find("(X)"), std::string::npos);
}

TEST_F(GtpEngineTest, LoadSgfPlaysTheMovesBeforeTheNumber) {
  const test::TempFolder folder;
  const std::string path = folder.Path("game.sgf");
  ASSERT_TRUE(WriteFileAtomically(path, "(;SZ[19]KM[6.5];B[pd];W[dp];B[pp])").ok());
  EXPECT_EQ(Say("loadsgf " + path), "=\n\n");
  EXPECT_EQ(engine_.state().moves().size(), 3u);
  EXPECT_EQ(Say("loadsgf " + path + " 2"), "=\n\n");
  EXPECT_EQ(engine_.state().moves().size(), 1u);
  EXPECT_EQ(engine_.state().to_move(), go::Color::kWhite);
  EXPECT_EQ(Say("loadsgf " + path + " 0"), "? move number not a positive integer\n\n");
  EXPECT_EQ(Say("loadsgf /no/such/file.sgf"), "? cannot load file\n\n");
  EXPECT_EQ(Say("loadsgf"), "? cannot load file\n\n");
}

TEST_F(GtpEngineTest, NetworkFailureIsOneLineAndChangesNothing) {
  network_.failure = absl::InternalError("no\n\nnetwork");
  EXPECT_EQ(Say("3 genmove b"), "?3 no  network\n\n");
  EXPECT_TRUE(engine_.state().moves().empty());
}

TEST(GtpResignTest, ResignsAfterSeveralLostTurnsLateInTheGame) {
  FakeEvaluator network;
  network.answer.value = -0.99f;
  GtpEngine engine(network, {.resign_after = 3, .resign_from_move = 4});
  EXPECT_EQ(engine.Handle("genmove b"), "= A19\n\n");
  EXPECT_EQ(engine.Handle("play w Q4"), "=\n\n");
  EXPECT_EQ(engine.Handle("genmove b"), "= B19\n\n");
  EXPECT_EQ(engine.Handle("play w Q5"), "=\n\n");
  EXPECT_EQ(engine.Handle("genmove b"), "= resign\n\n");
}

TEST(GtpFuzzTest, AnyLineGetsAWellFormedResponse) {
  const std::vector<std::string> words = {"play",
                                          "genmove",
                                          "b",
                                          "w",
                                          "A1",
                                          "T19",
                                          "pass",
                                          "undo",
                                          "showboard",
                                          "99999999999999999999",
                                          "-1",
                                          "komi",
                                          "fixed_handicap",
                                          "set_free_handicap",
                                          "loadsgf",
                                          "/",
                                          "clear_board",
                                          "\xff\xfe",
                                          "#",
                                          "\t",
                                          "reg_genmove",
                                          "boardsize",
                                          "19",
                                          "final_score",
                                          "1",
                                          "time_left",
                                          "I9",
                                          "black",
                                          ""};
  std::mt19937 random(7);
  FakeEvaluator network;
  GtpEngine engine(network, {.temperature = 1});
  for (int round = 0; round < 20000; ++round) {
    std::string line;
    for (uint32_t i = random() % 5; i > 0; --i) line += words[random() % words.size()] + " ";
    if (random() % 4 == 0) line += static_cast<char>(random());
    const std::string response = engine.Handle(line);
    if (response.empty()) continue;
    ASSERT_TRUE(response[0] == '=' || response[0] == '?') << line;
    ASSERT_EQ(response.find("\n\n"), response.size() - 2) << line;
  }
}

}  // namespace
}  // namespace moyo::play
