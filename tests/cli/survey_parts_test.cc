// The counters under the report.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "cli/survey/name_counter.h"
#include "cli/survey/seen_games.h"
#include "cli/survey/survey_lengths.h"
#include "cli/survey/survey_words.h"

namespace moyo::cli {
namespace {

using testing::ElementsAre;
using testing::Pair;
using Answer = SeenGames::Answer;

// The game with this number, as if it were hashed; numbers differ in all parts of the hash.
go::GameIdentity Identity(uint64_t number, uint8_t symmetry) {
  go::GameIdentity identity;
  const uint64_t words[2] = {(number + 1) * 0x9e3779b97f4a7c15, (number + 1) * 0xc2b2ae3d27d4eb4f};
  std::memcpy(identity.hash.data(), words, sizeof(words));
  identity.symmetry = symmetry;
  return identity;
}

// Differs from others in one part of the hash only.
go::GameIdentity Almost(size_t byte, uint8_t value) {
  go::GameIdentity identity;
  identity.hash[byte] = value;
  return identity;
}

TEST(SeenGames, FirstOfItsKindDecidesWhatACopyIs) {
  SeenGames seen(100);
  EXPECT_EQ(seen.Add(Identity(7, 1)), Answer::kNew);
  EXPECT_EQ(seen.Add(Identity(7, 1)), Answer::kIdentical);
  EXPECT_EQ(seen.Add(Identity(7, 2)), Answer::kSymmetric);
  EXPECT_EQ(seen.Add(Identity(7, 2)), Answer::kSymmetric);
  EXPECT_EQ(seen.Add(Identity(8, 1)), Answer::kNew);
}

TEST(SeenGames, HashesThatDifferInOnePlaceAreApart) {
  SeenGames seen(100);
  EXPECT_EQ(seen.Add({}), Answer::kNew);
  EXPECT_EQ(seen.Add({}), Answer::kIdentical);
  for (const size_t byte : {0u, 3u, 4u, 7u, 8u, 10u}) {
    EXPECT_EQ(seen.Add(Almost(byte, 2)), Answer::kNew) << byte;
    EXPECT_EQ(seen.Add(Almost(byte, 2)), Answer::kIdentical) << byte;
  }
}

TEST(SeenGames, NothingIsForgottenAsItGrows) {
  constexpr uint64_t kGames = 200'000;
  SeenGames seen(kGames + 1);
  for (uint64_t i = 0; i < kGames; ++i) {
    ASSERT_EQ(seen.Add(Identity(i, i % 8)), Answer::kNew) << i;
  }
  for (uint64_t i = 0; i < kGames; ++i) {
    ASSERT_EQ(seen.Add(Identity(i, i % 8)), Answer::kIdentical) << i;
  }
  EXPECT_FALSE(seen.full());
}

TEST(SeenGames, FullTableStillKnowsWhatItHolds) {
  SeenGames seen(1000);
  for (uint64_t i = 0; i < 1000; ++i) seen.Add(Identity(i, 1));
  EXPECT_TRUE(seen.full());
  for (uint64_t i = 1000; i < 3000; ++i) {
    EXPECT_EQ(seen.Add(Identity(i, 1)), Answer::kNew);
    EXPECT_EQ(seen.Add(Identity(i, 1)), Answer::kNew);  // not remembered
  }
  EXPECT_EQ(seen.Add(Identity(500, 1)), Answer::kIdentical);
}

TEST(SeenGames, TableWithoutRoomRemembersNothing) {
  SeenGames seen(0);
  EXPECT_EQ(seen.Add(Identity(1, 1)), Answer::kNew);
  EXPECT_EQ(seen.Add(Identity(1, 1)), Answer::kNew);
}

TEST(NameCounter, FewNamesAreCountedExactly) {
  NameCounter names(10);
  for (const char* name : {"b", "a", "c", "c", "a", "c"}) names.Add(name);
  EXPECT_THAT(names.Top(10), ElementsAre(Pair("c", 3), Pair("a", 2), Pair("b", 1)));
  EXPECT_THAT(names.Top(1), ElementsAre(Pair("c", 3)));
  EXPECT_EQ(names.undercount(), 0u);
}

TEST(NameCounter, NamesOfTheSameCountStandInOrder) {
  NameCounter names(10);
  for (const char* name : {"d", "b", "c", "a"}) names.Add(name);
  EXPECT_THAT(names.Top(3), ElementsAre(Pair("a", 1), Pair("b", 1), Pair("c", 1)));
}

TEST(NameCounter, FrequentNamesOutliveAnyNumberOfRareOnes) {
  NameCounter names(100);
  for (int i = 0; i < 10'000; ++i) {
    names.Add("rare " + std::to_string(i));
    if (i % 10 == 0) names.Add("often");
    if (i % 20 == 0) names.Add("less often");
    ASSERT_LE(names.names(), 100u);
  }
  const auto top = names.Top(2);
  ASSERT_EQ(top.size(), 2u);
  EXPECT_EQ(top[0].first, "often");
  EXPECT_EQ(top[1].first, "less often");
  EXPECT_LE(top[0].second, 1000u);
  EXPECT_GE(top[0].second + names.undercount(), 1000u);
  EXPECT_GT(names.undercount(), 0u);
}

TEST(NameCounter, LongNamesAreCutBetweenCharacters) {
  NameCounter names(10);
  std::string name(95, 'x');
  names.Add(name + "棋");
  EXPECT_THAT(names.Top(1), ElementsAre(Pair(name, 1)));
}

TEST(SurveyLengths, MedianMeanAndSteps) {
  const LengthSummary summary = SummarizeLengths({{10, 1}, {49, 2}, {50, 1}, {200, 2}});
  EXPECT_EQ(summary.least, 10u);
  EXPECT_EQ(summary.median, 49u);
  EXPECT_DOUBLE_EQ(summary.mean, 93);
  EXPECT_EQ(summary.most, 200u);
  EXPECT_THAT(summary.from, ElementsAre(Pair(0, 3), Pair(50, 1), Pair(200, 2)));
  EXPECT_TRUE(SummarizeLengths({}).from.empty());
}

TEST(SurveyWords, NumbersOfTheRecordAsPeopleSayThem) {
  EXPECT_EQ(KomiWord(13), "6.5");
  EXPECT_EQ(KomiWord(14), "7");
  EXPECT_EQ(KomiWord(-1), "-0.5");
  EXPECT_EQ(KomiWord(0), "0");
  EXPECT_EQ(RankWord(-30), "30k");
  EXPECT_EQ(RankWord(9), "9d");
  EXPECT_EQ(RankWord(19), "9p");
  EXPECT_EQ(RankWord(0), "unknown");
  EXPECT_EQ(YearWord(0), "unknown");
  EXPECT_EQ(YearWord(2015), "2015");
  using By = ResultKey::By;
  EXPECT_EQ(ResultWord({go::Winner::kBlack, By::kResignation}), "B+R");
  EXPECT_EQ(ResultWord({go::Winner::kWhite, By::kPoints}), "W+points");
  EXPECT_EQ(ResultWord({go::Winner::kWhite, By::kUnsaid}), "W");
  EXPECT_EQ(ResultWord({go::Winner::kDraw, By::kUnsaid}), "draw");
  EXPECT_EQ(ResultWord({}), "unknown");
  EXPECT_EQ(RulesetWord(go::Ruleset::kTrompTaylor), "tromp-taylor");
}

TEST(SurveyWords, NothingCommandsTheTerminal) {
  EXPECT_EQ(Printable("棋 name"), "棋 name");
  EXPECT_EQ(Printable("a\x1b[31mb\n"), "a\\x1b[31mb\\x0a");
  EXPECT_EQ(Printable("a\xc2\x9b"
                      "31m"),
            "a\\x9b31m");
  EXPECT_EQ(Printable("a\xff"), "a\xef\xbf\xbd");
}

}  // namespace
}  // namespace moyo::cli
