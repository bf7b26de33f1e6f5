#include "play/console.h"

#include <sstream>

#include "gtest/gtest.h"
#include "play/board_command.h"
#include "tests/play/fake_evaluator.h"
#include "tests/support/temp_folder.h"

namespace moyo::play {
namespace {

TEST(ConsoleTest, NetworkAnswersAMove) {
  FakeEvaluator network;
  network.Prefer("D4", 0.4f);
  Console console(network, {});
  const std::string text = console.Handle("q16");
  EXPECT_NE(text.find("White (network) plays D4 (40.0%, value +0.00).\n"), std::string::npos);
  EXPECT_EQ(console.state().moves().size(), 2u);
  EXPECT_EQ(console.Prompt(), "Black> ");
}

TEST(ConsoleTest, WithoutReplyTwoPeoplePlay) {
  FakeEvaluator network;
  network.Prefer("D4", 0.4f);
  Console console(network, {.reply = Reply::kOnlyWhenAsked});
  console.Handle("Q16");
  EXPECT_EQ(console.state().moves().size(), 1u);
  EXPECT_EQ(console.Prompt(), "White> ");
  EXPECT_NE(console.Handle("ai").find("plays D4"), std::string::npos);
  console.Handle("undo");
  EXPECT_EQ(console.state().moves().size(), 1u);
}

TEST(ConsoleTest, UndoTakesBackTheAnswerToo) {
  FakeEvaluator network;
  Console console(network, {});
  console.Handle("Q16");
  console.Handle("undo");
  EXPECT_TRUE(console.state().moves().empty());
  EXPECT_EQ(console.Handle("undo"), "Nothing to undo.\n");
}

TEST(ConsoleTest, UndoOfAMoveWithoutAnswerTakesOne) {
  FakeEvaluator network;
  Console console(network, {});
  console.Handle("Q16");
  network.failure = absl::InternalError("the network fails");
  EXPECT_NE(console.Handle("D4").find("the network fails"), std::string::npos);
  EXPECT_EQ(console.state().moves().size(), 3u);
  console.Handle("undo");
  EXPECT_EQ(console.state().moves().size(), 2u);
}

TEST(ConsoleTest, TopListsMoves) {
  FakeEvaluator network;
  network.Prefer("D4", 0.4f);
  Console console(network, {});
  EXPECT_EQ(console.Handle("top 1"), " 1. D4    40.00%\nValue for Black: +0.000 (50.0% to win)\n");
  EXPECT_EQ(console.Handle("top 0"), "top takes a number of moves, such as: top 5\n");
}

TEST(ConsoleTest, MistakesAreExplained) {
  FakeEvaluator network;
  Console console(network, {.reply = Reply::kOnlyWhenAsked});
  console.Handle("Q16");
  EXPECT_EQ(console.Handle("Q16"), "Q16: illegal move: OCCUPIED\n");
  EXPECT_EQ(console.Handle("dance"), "'dance' is neither a move nor a command; help lists them.\n");
  EXPECT_EQ(console.Handle("save"), "save takes a file name, such as: save game.sgf\n");
  EXPECT_NE(console.Handle("load /no/such.sgf").find("/no/such.sgf"), std::string::npos);
  EXPECT_EQ(console.Handle("  "), "");
}

TEST(ConsoleTest, SavedGameLoadsAgain) {
  FakeEvaluator network;
  Console console(network, {.reply = Reply::kOnlyWhenAsked});
  for (const char* move : {"Q16", "D4", "pass"}) console.Handle(move);
  const test::TempFolder folder;
  const std::string path = folder.Path("game.sgf");
  EXPECT_EQ(console.Handle("save " + path), "Saved 3 moves to " + path + ".\n");
  Console other(network, {});
  other.Handle("load " + path);
  EXPECT_EQ(other.state().moves(), console.state().moves());
  EXPECT_EQ(other.state().komi_half_points(), 15);
}

TEST(ConsoleTest, TwoPassesEndTheGame) {
  FakeEvaluator network;
  network.Prefer("pass", 0.4f);
  Console console(network, {});
  EXPECT_NE(console.Handle("pass").find("Both passed"), std::string::npos);
  EXPECT_EQ(console.Handle("score"), "W+7.5\n");
}

TEST(BoardCommandTest, ReadsUntilQuitAndAtTheEndOfInput) {
  FakeEvaluator network;
  std::istringstream in("Q16\r\nquit\nD4\n");
  std::ostringstream out;
  ASSERT_TRUE(RunBoard({.console = {.reply = Reply::kOnlyWhenAsked}}, network, in, out).ok());
  EXPECT_NE(out.str().find("Move 1: Black Q16."), std::string::npos);
  EXPECT_EQ(out.str().find("D4."), std::string::npos);
  std::istringstream empty;
  EXPECT_TRUE(RunBoard({}, network, empty, out).ok());
  EXPECT_FALSE(RunBoard({.game = "/no/such.sgf"}, network, empty, out).ok());
}

}  // namespace
}  // namespace moyo::play
