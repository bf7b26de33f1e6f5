#include "common/base/filter_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace moyo {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(FilterFlags, RanksAreOneScale) {
  EXPECT_EQ(RankOfFlag("30k"), -30);
  EXPECT_EQ(RankOfFlag("1k"), -1);
  EXPECT_EQ(RankOfFlag("9D"), 9);
  EXPECT_EQ(RankOfFlag("1p"), 11);
  for (const char* text : {"", "d", "0k", "31k", "10d", "10p", "5", "-1k", "3x", "d3"}) {
    EXPECT_EQ(RankOfFlag(text), std::nullopt) << text;
  }
}

TEST(FilterFlags, PointsAreWholeOrHalf) {
  EXPECT_EQ(HalfPointsOfFlag("6.5"), 13);
  EXPECT_EQ(HalfPointsOfFlag("-0.5"), -1);
  EXPECT_EQ(HalfPointsOfFlag("7"), 14);
  EXPECT_EQ(HalfPointsOfFlag("7.0"), 14);
  for (const char* text : {"", "-", "6.", "6.25", "6.55", ".5", "6,5", "9999", "6.5.5"}) {
    EXPECT_EQ(HalfPointsOfFlag(text), std::nullopt) << text;
  }
}

TEST(FilterFlags, DatesStandForTheirFirstOrLastDay) {
  EXPECT_EQ(FirstDayOfFlag("2016"), 20160101u);
  EXPECT_EQ(LastDayOfFlag("2016"), 20161231u);
  EXPECT_EQ(FirstDayOfFlag("2016-02"), 20160201u);
  EXPECT_EQ(LastDayOfFlag("2016-02"), 20160231u);
  EXPECT_EQ(LastDayOfFlag("2016-7-31"), 20160731u);
  for (const char* text : {"", "16", "0999", "20160731", "2016-13", "2016-00", "2016-01-32",
                           "2016-1-1-1", "2016-", "last year"}) {
    EXPECT_EQ(FirstDayOfFlag(text), std::nullopt) << text;
  }
}

TEST(FilterFlags, CountsAreWholeNumbers) {
  EXPECT_EQ(CountOfFlag("0"), 0u);
  EXPECT_EQ(CountOfFlag("100000"), 100000u);
  for (const char* text : {"", "-1", "1.5", "100001", "99999999999"}) {
    EXPECT_EQ(CountOfFlag(text), std::nullopt) << text;
  }
}

TEST(FilterFlags, ListsArePartedByCommas) {
  EXPECT_THAT(NamesOfFlag(" Lee Sedol , 이창호"), ElementsAre("Lee Sedol", "이창호"));
  EXPECT_THAT(RulesetsOfFlag("Chinese,nz"), ElementsAre("chinese", "nz"));
  EXPECT_THAT(RulesetsOfFlag("new-zealand"), ElementsAre("nz"));
  for (const char* text : {"", "a,,b", ",", "a\nb"}) {
    EXPECT_THAT(NamesOfFlag(text), IsEmpty()) << text;
  }
  EXPECT_THAT(NamesOfFlag(std::string(300, ',')), IsEmpty());
  EXPECT_THAT(RulesetsOfFlag("chinese,klingon"), IsEmpty());
}

TEST(FilterFlags, RangesThatNothingCanPassAreNamed) {
  const FilterTexts impossible[] = {{{"filter-min-rank", "1d"}, {"filter-max-rank", "1k"}},
                                    {{"filter-from", "2016"}, {"filter-to", "2015"}},
                                    {{"filter-min-komi", "7"}, {"filter-max-komi", "6.5"}},
                                    {{"filter-min-handicap", "2"}, {"filter-max-handicap", "0"}}};
  for (const FilterTexts& filters : impossible) {
    for (const auto& [flag, text] : filters) {
      EXPECT_THAT(FilterContradiction(filters), HasSubstr("--" + flag));
    }
  }
  EXPECT_EQ(FilterContradiction({}), "");
  EXPECT_EQ(FilterContradiction({{"filter-min-rank", "1d"}, {"filter-to", "2015"}}), "");
  EXPECT_EQ(FilterContradiction({{"filter-from", "2015"}, {"filter-to", "2015"}}), "");
  EXPECT_EQ(FilterContradiction({{"filter-min-komi", "-0.5"}, {"filter-max-komi", "0"}}), "");
}

TEST(FilterFlags, EveryFlagRefusesSomeText) {
  for (const FilterFlag& flag : FilterFlags()) EXPECT_FALSE(flag.is_valid("")) << flag.name;
}

}  // namespace
}  // namespace moyo
