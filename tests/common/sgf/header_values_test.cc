#include "common/sgf/header_values.h"

#include <gtest/gtest.h>

#include <string>

namespace moyo::sgf {
namespace {

TEST(Komi, PointsHundredthsAndChineseStonesGiveHalfPoints) {
  struct Case {
    const char* text;
    int half_points;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"6.5", 13},  {"7.50", 15},  {"7.500000", 15}, {"750", 15},      {"650", 13},
           {"550", 11},  {"375", 15},   {"3.75", 15},     {"3又3/4子", 15}, {"275", 11},
           {"0", 0},     {"", 0},       {"none", 0},      {"-5.5", -11},    {"5", 10},
           {"7,5", 15},  {"6目半", 13}, {"0.5", 1},       {"99999999", 0},  {"8", 16},
           {"3.5zi", 14}}) {
    EXPECT_EQ(ParseKomi(c.text), c.half_points) << c.text;
  }
}

std::string Result(std::string_view text) {
  go::GameInfo info;
  ParseResult(text, info);
  std::string words = info.winner == go::Winner::kBlack   ? "black"
                      : info.winner == go::Winner::kWhite ? "white"
                      : info.winner == go::Winner::kDraw  ? "draw"
                                                          : "unknown";
  if (info.by_resignation) words += " resign";
  if (info.margin_half_points != 0) words += " " + std::to_string(info.margin_half_points);
  return words;
}

TEST(Result, EverydayFormsAreUnderstood) {
  EXPECT_EQ(Result("B+R"), "black resign");
  EXPECT_EQ(Result("W+Resign"), "white resign");
  EXPECT_EQ(Result("b+r"), "black resign");
  EXPECT_EQ(Result("W+T"), "white");
  EXPECT_EQ(Result("W+Offline"), "white");
  EXPECT_EQ(Result("B+3.5"), "black 7");
  EXPECT_EQ(Result("W+0.50"), "white 1");
  EXPECT_EQ(Result("W+1.25"), "white 5");
  EXPECT_EQ(Result("B"), "black");
  EXPECT_EQ(Result("B+J"), "black");
  EXPECT_EQ(Result("B+AW"), "black");
  EXPECT_EQ(Result("B+0.0"), "black");
  EXPECT_EQ(Result("White wins by 2.5"), "white 5");
  EXPECT_EQ(Result("Black wins by resignation"), "black resign");
}

TEST(Result, DrawsAndUnknownsAreToldApart) {
  for (const char* text : {"0", "Draw", "draw", "Jigo", "D+J", "和棋", "持碁", "무승부"}) {
    EXPECT_EQ(Result(text), "draw") << text;
  }
  for (const char* text : {"", "?", "Void", "Both lost", "Unknown"}) {
    EXPECT_EQ(Result(text), "unknown") << text;
  }
}

TEST(Result, EastAsianFormsAreUnderstood) {
  EXPECT_EQ(Result("黑中盘胜"), "black resign");
  EXPECT_EQ(Result("黑胜2又3/4子"), "black 11");
  EXPECT_EQ(Result("白勝2目半"), "white 5");
  EXPECT_EQ(Result("白半目勝ち"), "white 1");
  EXPECT_EQ(Result("黒中押し勝ち"), "black resign");
  EXPECT_EQ(Result("흑 불계승"), "black resign");
  EXPECT_EQ(Result("백 2집반승"), "white 5");
  EXPECT_EQ(Result("白为黑胜"), "white");
  EXPECT_EQ(Result("黑负"), "white");
  EXPECT_EQ(Result("\xba\xda\xd6\xd0\xc5\xcc\xca\xa4"), "black resign");  // GB18030
  EXPECT_EQ(Result("\xb0\xd7\xca\xa4"), "white");
  EXPECT_EQ(Result("백 불계승"), "white resign");
  EXPECT_EQ(Result("白胜3/4子"), "white 3");
  EXPECT_EQ(Result("흑패"), "white");
  EXPECT_EQ(Result("\xb6\xc2\xa4\xa4\xbd\x4c\xb3\xd3"), "black resign");   // Big5 黑中盤勝
  EXPECT_EQ(Result("\xa5\xd5\xad\x74"), "black");                          // Big5 白負
  EXPECT_EQ(Result("\xb9\xe9 \xba\xd2\xb0\xe8\xbd\xc2"), "white resign");  // EUC-KR 백 불계승
  EXPECT_EQ(Result("\xc8\xe6 3\xc1\xfd\xb9\xdd\xbd\xc2"), "black 7");      // 흑 3집반승
  EXPECT_EQ(Result("\xb9\xab\xbd\xc2\xba\xce"), "draw");                   // 무승부
  EXPECT_EQ(Result("\x8d\x95\x92\x86\x89\x9f\x82\xb5\x8f\x9f\x82\xbf"), "black resign");
  EXPECT_EQ(Result("\x94\x92"
                   "2\x96\xda\x94\xbc\x8f\x9f"),
            "white 5");                           // 白2目半勝
  EXPECT_EQ(Result("\x8e\x9d\x8c\xe9"), "draw");  // 持碁
}

TEST(Rank, DanKyuAndProfessionalAreToldApart) {
  struct Case {
    const char* text;
    int rank;
  };
  for (const Case& c :
       std::initializer_list<Case>{{"9d", 9},         {"9段", 9},       {"P9", 19},
                                   {"P9段", 19},      {"9p", 19},       {"9P", 19},
                                   {"9 Dan", 9},      {"1段", 1},       {"5k", -5},
                                   {"30k", -30},      {"18级", -18},    {"9", 9},
                                   {"九段", 9},       {"初段", 1},      {"3 kyu", -3},
                                   {"P", 0},          {"", 0},          {"2150", 0},
                                   {"?", 0},          {"31k", 0},       {"1d?", 1},
                                   {"9단", 9},        {"구단", 9},      {"초단", 1},
                                   {"18급", -18},     {"9\xb4\xdc", 9}, {"18\xb1\xde", -18},
                                   {"5\xaf\xc5", -5}, {"Pro 9", 19},    {"pro 3 dan", 13},
                                   {"7p", 17},        {"1K", -1}}) {
    EXPECT_EQ(ParseRank(c.text), c.rank) << c.text;
  }
}

TEST(Handicap, AnyWholeNumberCountsAndAFractionDoesNot) {
  EXPECT_EQ(ParseHandicap("2"), 2);
  EXPECT_EQ(ParseHandicap("受2子"), 2);
  EXPECT_EQ(ParseHandicap("吴受先"), 0);
  EXPECT_EQ(ParseHandicap("受三子"), 3);
  EXPECT_EQ(ParseHandicap("\xca\xdc\xc8\xfd\xd7\xd3"), 3);  // the same in GB18030
  EXPECT_EQ(ParseHandicap("子"), 0);
  EXPECT_EQ(ParseHandicap("7.5"), 0);
  EXPECT_EQ(ParseHandicap("1000"), 0);
}

TEST(Ruleset, NamesAreKnownByTheirBeginning) {
  EXPECT_EQ(ParseRuleset("japanese"), go::Ruleset::kJapanese);
  EXPECT_EQ(ParseRuleset("Chinese"), go::Ruleset::kChinese);
  EXPECT_EQ(ParseRuleset("中国规则"), go::Ruleset::kChinese);
  EXPECT_EQ(ParseRuleset("NZ"), go::Ruleset::kNewZealand);
  EXPECT_EQ(ParseRuleset("GOE"), go::Ruleset::kIng);
  EXPECT_EQ(ParseRuleset("AGA"), go::Ruleset::kAga);
  EXPECT_EQ(ParseRuleset("tromp-taylor"), go::Ruleset::kTrompTaylor);
  EXPECT_EQ(ParseRuleset("house"), go::Ruleset::kOther);
  EXPECT_EQ(ParseRuleset(" "), go::Ruleset::kUnknown);
}

TEST(Year, FirstRunOfFourDigitsIsTheYear) {
  EXPECT_EQ(ParseYear("2016-07-23"), 2016);
  EXPECT_EQ(ParseYear("23/07/2016"), 2016);
  EXPECT_EQ(ParseYear("20160723"), 2016);
  EXPECT_EQ(ParseYear("2017.05.08 16:04"), 2017);
  EXPECT_EQ(ParseYear("0000-00-00"), 0);
  EXPECT_EQ(ParseYear("spring"), 0);
}

TEST(Date, MonthAndDayAreReadWhereTheyStand) {
  struct Case {
    const char* text;
    int year, month, day;
  };
  for (const Case& c : std::initializer_list<Case>{{"2016-07-23", 2016, 7, 23},
                                                   {"2016-7-3", 2016, 7, 3},
                                                   {"20160723", 2016, 7, 23},
                                                   {"201607", 2016, 7, 0},
                                                   {"2016-07-23,24", 2016, 7, 23},
                                                   {"2017.05.08 16:04", 2017, 5, 8},
                                                   {"2016年7月23日", 2016, 7, 23},
                                                   {"2003\xc4\xea"
                                                    "5\xd4\xc2"
                                                    "10\xc8\xd5",
                                                    2003, 5, 10},
                                                   {"2016", 2016, 0, 0},
                                                   {"2016-07", 2016, 7, 0},
                                                   {"2016-13-01", 2016, 0, 0},
                                                   {"2016-07-32", 2016, 7, 0},
                                                   {"2016-07 16:04", 2016, 7, 0},
                                                   {"2016 16:04", 2016, 0, 0},
                                                   {"23/07/2016", 2016, 0, 0},
                                                   {"1999-2000", 1999, 0, 0},
                                                   {"2016,07", 2016, 0, 0},
                                                   {"played 1846-09-11", 1846, 9, 11},
                                                   {"20160723 2", 2016, 7, 23},
                                                   {"2016072", 2016, 0, 0},
                                                   {"0000-00-00", 0, 0, 0},
                                                   {"", 0, 0, 0}}) {
    const Date date = ParseDate(c.text);
    EXPECT_EQ(date.year, c.year) << c.text;
    EXPECT_EQ(date.month, c.month) << c.text;
    EXPECT_EQ(date.day, c.day) << c.text;
  }
}

TEST(BoardSize, ForcesSquareBoardsFromTwoToTwentyFive) {
  uint8_t size = 19;
  EXPECT_EQ(ParseBoardSize(" 13 ", size), Reason::kNone);
  EXPECT_EQ(size, 13);
  EXPECT_EQ(ParseBoardSize("9x9", size), Reason::kNone);
  EXPECT_EQ(size, 9);
  EXPECT_EQ(ParseBoardSize("19:", size), Reason::kBadBoardSize);
  EXPECT_EQ(ParseBoardSize("99999999999", size), Reason::kBadBoardSize);
  EXPECT_EQ(ParseBoardSize("9:13", size), Reason::kBoardNotSquare);
  EXPECT_EQ(size, 9);
}

}  // namespace
}  // namespace moyo::sgf
