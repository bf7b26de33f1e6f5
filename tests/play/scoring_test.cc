#include "play/scoring.h"

#include <gtest/gtest.h>

namespace moyo::play {
namespace {

TEST(FormatScoreTest, NamesTheWinnerAndHalfPoints) {
  EXPECT_EQ(FormatScore({.black = 184, .white = 177}, 13), "B+0.5");
  EXPECT_EQ(FormatScore({.black = 180, .white = 181}, 13), "W+7.5");
  EXPECT_EQ(FormatScore({.black = 184, .white = 177}, 14), "0");
  EXPECT_EQ(FormatScore({.black = 200, .white = 161}, 14), "B+32");
}

}  // namespace
}  // namespace moyo::play
