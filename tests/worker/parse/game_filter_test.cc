#include "worker/parse/game_filter.h"

#include <gtest/gtest.h>

#include <string>

namespace moyo::worker {
namespace {

// The reason why that header does not pass; "" when it does.
std::string Reason(const GameFilterOptions& options, const std::string& header) {
  const std::string text = "(;GM[1]" + header + ";B[dd];W[pp])";
  sgf::GameReader reader;
  go::GameRecord game;
  reader.Read(text, game);
  const GameFilter::Verdict verdict = GameFilter(options).CheckHeader(game, reader.header(), text);
  return sgf::ReasonName(verdict.reason);
}

TEST(GameFilter, WithoutOptionsEveryHeaderPasses) {
  EXPECT_EQ(Reason({}, ""), "");
  EXPECT_EQ(Reason({}, "SZ[9]KM[9999]BR[?]DT[never]RE[?]RU[house]HA[9]PB[\xff]"), "");
}

TEST(GameFilter, BoardSizeMustBeTheWantedOne) {
  EXPECT_EQ(Reason({.board_size = 19}, "SZ[9]"), "FILTER_BOARD_SIZE");
  EXPECT_EQ(Reason({.board_size = 19}, "SZ[19]"), "");
  EXPECT_EQ(Reason({.board_size = 9}, "SZ[9]"), "");
}

TEST(GameFilter, MovesMustLieInTheRange) {
  const GameFilter filter({.min_moves = 20, .max_moves = 300});
  EXPECT_EQ(filter.CheckMoves(19).reason, sgf::Reason::kFilterMinMoves);
  EXPECT_EQ(filter.CheckMoves(20).reason, sgf::Reason::kNone);
  EXPECT_EQ(filter.CheckMoves(300).reason, sgf::Reason::kNone);
  EXPECT_EQ(filter.CheckMoves(301).reason, sgf::Reason::kFilterMaxMoves);
  EXPECT_EQ(filter.CheckMoves(301).bytes, "301");
}

TEST(GameFilter, BothPlayersMustHaveTheWantedRank) {
  const GameFilterOptions dan_to_pro = {.min_rank = 5, .max_rank = 13};
  EXPECT_EQ(Reason(dan_to_pro, "BR[5d]WR[3p]"), "");
  EXPECT_EQ(Reason(dan_to_pro, "BR[4d]WR[9d]"), "FILTER_RANK");
  EXPECT_EQ(Reason(dan_to_pro, "BR[9d]WR[4p]"), "FILTER_RANK");
  EXPECT_EQ(Reason(dan_to_pro, "BR[9d]"), "FILTER_RANK");
  EXPECT_EQ(Reason({.min_rank = -5}, "BR[5k]WR[1d]"), "");
  EXPECT_EQ(Reason({.min_rank = -5}, "BR[6k]WR[1d]"), "FILTER_RANK");
  EXPECT_EQ(Reason({.max_rank = -1}, "BR[1k]WR[30k]"), "");
  EXPECT_EQ(Reason({.max_rank = -1}, "BR[1k]WR[1d]"), "FILTER_RANK");
}

TEST(GameFilter, OnePlayerMustHaveAWantedName) {
  const GameFilterOptions options = {.players = {"Lee", "이창호"}};
  EXPECT_EQ(Reason(options, "PB[Gu Li]PW[lee sedol 9p]"), "");
  EXPECT_EQ(Reason(options, "PB[Gu Li]PW[Ke Jie]"), "FILTER_PLAYER");
  EXPECT_EQ(Reason(options, ""), "FILTER_PLAYER");
}

TEST(GameFilter, NamesAreDecodedBeforeTheyAreCompared) {
  const GameFilterOptions options = {.players = {"이창호"}};
  EXPECT_EQ(Reason(options, "PB[이창호]"), "");
  EXPECT_EQ(Reason(options, "PB[\xc0\xcc\xc3\xa2\xc8\xa3]BR[9\xb4\xdc]"), "");
  EXPECT_EQ(Reason(options, "CA[EUC-KR]PW[\xc0\xcc\xc3\xa2\xc8\xa3]"), "");
  EXPECT_EQ(Reason(options, "CA[GB2312]PW[\xc0\xcc\xc3\xa2\xc8\xa3]"), "FILTER_PLAYER");
  EXPECT_EQ(Reason({.players = {"a]b"}}, "PB[A\\]B]"), "");
}

TEST(GameFilter, PlayersAreRefusedWhereNamesCannotBeDecoded) {
  EXPECT_EQ(sgf::CharsetsOfThisMachine(), sgf::CharsetSupport::kComplete);
  const GameFilterOptions players = {.players = {"Lee"}};
  EXPECT_TRUE(CheckMachine(players, sgf::CharsetSupport::kComplete).ok());
  EXPECT_TRUE(CheckMachine({.min_rank = 1}, sgf::CharsetSupport::kMissing).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(CheckMachine(players, sgf::CharsetSupport::kMissing)));
}

TEST(GameFilter, DateMustSurelyLieInTheRange) {
  const GameFilterOptions first_half = {.first_date = 20150101, .last_date = 20150630};
  EXPECT_EQ(Reason(first_half, "DT[2015-01-01]"), "");
  EXPECT_EQ(Reason(first_half, "DT[2015.6.30 16:04]"), "");
  EXPECT_EQ(Reason(first_half, "DT[2015-07-01]"), "FILTER_DATE");
  EXPECT_EQ(Reason(first_half, "DT[2014-12-31]"), "FILTER_DATE");
  EXPECT_EQ(Reason(first_half, "DT[2015-03]"), "");
  EXPECT_EQ(Reason(first_half, "DT[2015]"), "FILTER_DATE");
  EXPECT_EQ(Reason(first_half, ""), "FILTER_DATE");
  EXPECT_EQ(Reason({.first_date = 20150101}, "DT[2015]"), "");
  EXPECT_EQ(Reason({.last_date = 20151231}, "DT[2015]"), "");
  EXPECT_EQ(Reason({.last_date = 20151231}, "DT[unknown]"), "FILTER_DATE");
}

TEST(GameFilter, KomiMustBeSaidAndLieInTheRange) {
  const GameFilterOptions options = {.min_komi_half_points = 11, .max_komi_half_points = 15};
  EXPECT_EQ(Reason(options, "KM[5.5]"), "");
  EXPECT_EQ(Reason(options, "KM[750]"), "");
  EXPECT_EQ(Reason(options, "KM[0]"), "FILTER_KOMI");
  EXPECT_EQ(Reason(options, "KM[8]"), "FILTER_KOMI");
  EXPECT_EQ(Reason(options, ""), "FILTER_KOMI");
  EXPECT_EQ(Reason({.max_komi_half_points = 0}, "KM[-3.5]"), "");
  EXPECT_EQ(Reason({.max_komi_half_points = 0}, ""), "FILTER_KOMI");
}

TEST(GameFilter, HandicapMustLieInTheRange) {
  const GameFilterOptions even = {.max_handicap = 0};
  EXPECT_EQ(Reason(even, ""), "");
  EXPECT_EQ(Reason(even, "HA[0]"), "");
  EXPECT_EQ(Reason(even, "HA[2]AB[dp][pd]"), "FILTER_HANDICAP");
  EXPECT_EQ(Reason(even, "AB[dp][pd]"), "FILTER_HANDICAP");
  EXPECT_EQ(Reason(even, "AB[dp]AW[pd]"), "") << "a position, not a handicap";
  EXPECT_EQ(Reason({.min_handicap = 2}, "HA[2]"), "");
  EXPECT_EQ(Reason({.min_handicap = 3}, "HA[2]"), "FILTER_HANDICAP");
}

TEST(GameFilter, ResultMustBeKnown) {
  const GameFilterOptions options = {.result_known = true};
  for (const char* result : {"RE[B+R]", "RE[W]", "RE[0]", "RE[黑胜2又3/4子]"}) {
    EXPECT_EQ(Reason(options, result), "") << result;
  }
  for (const char* result : {"", "RE[?]", "RE[Void]"}) {
    EXPECT_EQ(Reason(options, result), "FILTER_RESULT") << result;
  }
}

TEST(GameFilter, RulesetMustBeAWantedOne) {
  const GameFilterOptions options = {.rulesets = {go::Ruleset::kChinese, go::Ruleset::kUnknown}};
  EXPECT_EQ(Reason(options, "RU[Chinese]"), "");
  EXPECT_EQ(Reason(options, ""), "");
  EXPECT_EQ(Reason(options, "RU[Japanese]"), "FILTER_RULESET");
  EXPECT_EQ(Reason(options, "RU[house]"), "FILTER_RULESET");
}

}  // namespace
}  // namespace moyo::worker
