#include <gtest/gtest.h>

#include <set>
#include <string>

#include "common/sgf/game_reader.h"

namespace moyo::sgf {
namespace {

TEST(Reason, EveryReasonHasItsOwnNameAndASentence) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(Reason::kSourceChanged); ++i) {
    const Reason reason = static_cast<Reason>(i);
    EXPECT_TRUE(names.insert(ReasonName(reason)).second) << ReasonName(reason);
    EXPECT_EQ(std::string(ReasonSentence(reason)).empty(), reason == Reason::kNone);
  }
}

TEST(Reason, NamesThatLedgersHoldDoNotChange) {
  EXPECT_STREQ(ReasonName(Reason::kNone), "");
  EXPECT_STREQ(ReasonName(Reason::kNoGame), "NO_GAME");
  EXPECT_STREQ(ReasonName(Reason::kNoMoves), "NO_MOVES");
  EXPECT_STREQ(ReasonName(Reason::kTooManyMoves), "MAX_MOVES");
  EXPECT_STREQ(ReasonName(Reason::kBoardSizeFiltered), "BOARD_SIZE");
  EXPECT_STREQ(ReasonName(Reason::kMoveOccupied), "MOVE_OCCUPIED");
  EXPECT_STREQ(ReasonName(Reason::kSourceChanged), "SOURCE_CHANGED");
}

}  // namespace
}  // namespace moyo::sgf
