#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "common/sgf/game_reader.h"

namespace moyo::sgf {
namespace {

TEST(Reason, EveryReasonHasItsOwnNameAndASentence) {
  std::set<std::string> names;
  for (int i = 0; i < kReasons; ++i) {
    const Reason reason = static_cast<Reason>(i);
    EXPECT_TRUE(names.insert(ReasonName(reason)).second) << ReasonName(reason);
    EXPECT_EQ(std::string(ReasonSentence(reason)).empty(), reason == Reason::kNone);
  }
}

TEST(Reason, GrammarListsExactlyTheReasons) {
  std::ifstream file(MOYO_SOURCE_DIR "/common/sgf/GRAMMAR.md");
  std::vector<std::string> listed;
  bool in_section = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) in_section = line == "## Reasons";
    if (!in_section || !line.starts_with("| ") || line.starts_with("| name ")) continue;
    listed.push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  std::vector<std::string> names;
  for (int i = 1; i < kReasons; ++i) names.emplace_back(ReasonName(static_cast<Reason>(i)));
  EXPECT_EQ(listed, names);
}

TEST(Reason, NamesThatLedgersHoldDoNotChange) {
  EXPECT_STREQ(ReasonName(Reason::kNone), "");
  EXPECT_STREQ(ReasonName(Reason::kNoGame), "NO_GAME");
  EXPECT_STREQ(ReasonName(Reason::kNoMoves), "NO_MOVES");
  EXPECT_STREQ(ReasonName(Reason::kFilterMaxMoves), "FILTER_MAX_MOVES");
  EXPECT_STREQ(ReasonName(Reason::kFilterBoardSize), "FILTER_BOARD_SIZE");
  EXPECT_STREQ(ReasonName(Reason::kMoveOccupied), "MOVE_OCCUPIED");
  EXPECT_STREQ(ReasonName(Reason::kSourceChanged), "SOURCE_CHANGED");
}

}  // namespace
}  // namespace moyo::sgf
