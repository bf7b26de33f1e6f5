#include "play/board_view.h"

#include "common/go/vertex.h"
#include "gtest/gtest.h"

namespace moyo::play {
namespace {

TEST(BoardViewTest, PlainBoardMarksTheLastMove) {
  GameState state;
  for (const char* vertex : {"Q16", "D4", "T1", "A19"}) {
    ASSERT_TRUE(state.Play({*go::ParseVertex(vertex, 19), state.to_move()}).ok());
  }
  EXPECT_EQ(RenderBoard(state, Style::kPlain),
            "    A B C D E F G H J K L M N O P Q R S T\n"
            "19 (O). . . . . . . . . . . . . . . . . . 19\n"
            "18  . . . . . . . . . . . . . . . . . . . 18\n"
            "17  . . . . . . . . . . . . . . . . . . . 17\n"
            "16  . . . + . . . . . + . . . . . X . . . 16\n"
            "15  . . . . . . . . . . . . . . . . . . . 15\n"
            "14  . . . . . . . . . . . . . . . . . . . 14\n"
            "13  . . . . . . . . . . . . . . . . . . . 13\n"
            "12  . . . . . . . . . . . . . . . . . . . 12\n"
            "11  . . . . . . . . . . . . . . . . . . . 11\n"
            "10  . . . + . . . . . + . . . . . + . . . 10\n"
            " 9  . . . . . . . . . . . . . . . . . . . 9\n"
            " 8  . . . . . . . . . . . . . . . . . . . 8\n"
            " 7  . . . . . . . . . . . . . . . . . . . 7\n"
            " 6  . . . . . . . . . . . . . . . . . . . 6\n"
            " 5  . . . . . . . . . . . . . . . . . . . 5\n"
            " 4  . . . O . . . . . + . . . . . + . . . 4\n"
            " 3  . . . . . . . . . . . . . . . . . . . 3\n"
            " 2  . . . . . . . . . . . . . . . . . . . 2\n"
            " 1  . . . . . . . . . . . . . . . . . . X 1\n"
            "    A B C D E F G H J K L M N O P Q R S T\n"
            "Move 4: White A19. Black to move. Captures: Black 0, White 0.\n");
}

TEST(BoardViewTest, ColourBoardHoldsTheSamePointsInAnsiInk) {
  GameState state;
  ASSERT_TRUE(state.Play({*go::ParseVertex("Q16", 19), go::Color::kBlack}).ok());
  const std::string text = RenderBoard(state, Style::kColor);
  EXPECT_NE(text.find("\033[30;48;5;179m\u25cf"), std::string::npos);
  EXPECT_NE(text.find("\033[0m16\n"), std::string::npos);
}

TEST(BoardViewTest, SuggestionsAreRankedWithTheValue) {
  const std::vector<Suggestion> moves = {{*go::ParseVertex("Q16", 19), 0.2345f},
                                         {go::kPass, 0.001f}};
  EXPECT_EQ(RenderSuggestions(moves, 0.5f, go::Color::kWhite),
            " 1. Q16   23.45%\n"
            " 2. pass   0.10%\n"
            "Value for White: +0.500 (75.0% to win)\n");
}

TEST(VertexTest, LettersLeaveOutI) {
  EXPECT_EQ(go::FormatVertex({8, 18}, 19), "J1");
  EXPECT_EQ(go::FormatVertex({18, 0}, 19), "T19");
  EXPECT_EQ(*go::ParseVertex("j1", 19), (go::Point{8, 18}));
  EXPECT_TRUE(go::ParseVertex("PASS", 19)->IsPass());
  for (const char* bad : {"", "A", "I5", "A0", "A20", "U1", "5A", "A-1", "A+1", "A1x", "Z9"}) {
    EXPECT_FALSE(go::ParseVertex(bad, 19).has_value()) << bad;
  }
}

TEST(VertexTest, EveryPointReadsBackAsItself) {
  for (uint8_t y = 0; y < 19; ++y) {
    for (uint8_t x = 0; x < 19; ++x) {
      EXPECT_EQ(*go::ParseVertex(go::FormatVertex({x, y}, 19), 19), (go::Point{x, y}));
    }
  }
}

}  // namespace
}  // namespace moyo::play
