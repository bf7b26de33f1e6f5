// Any bytes as the value of any header property: what is understood is in range, and the writer's
// way of writing it is understood the same.
#include <cstdlib>
#include <string>

#include "common/sgf/game_reader.h"
#include "common/sgf/game_writer.h"
#include "common/sgf/header_values.h"
#include "tests/fuzz/require.h"

namespace moyo::fuzz {
namespace {

// A number of points that a board of the largest size can hold.
constexpr int kMostHalfPoints = 2 * go::kMaxBoardSize * go::kMaxBoardSize;

bool IsRank(int rank) { return (rank >= -30 && rank <= 9) || (rank >= 11 && rank <= 19); }

go::GameInfo Parse(std::string_view text) {
  go::GameInfo info;
  uint8_t size = 19;
  const sgf::Reason reason = sgf::ParseBoardSize(text, size);
  Require(reason == sgf::Reason::kNone || size == 19, "a bad board size changes nothing");
  info.board_size = size;
  info.komi_half_points = sgf::ParseKomi(text);
  sgf::ParseResult(text, info);
  info.ruleset = sgf::ParseRuleset(text);
  info.black_rank = info.white_rank = sgf::ParseRank(text);
  info.handicap = sgf::ParseHandicap(text);
  info.year = sgf::ParseYear(text);
  sgf::IsGo(text);
  const sgf::Date date = sgf::ParseDate(text);
  Require(date.year == info.year, "a date is in its year");
  Require(date.month <= 12 && date.day <= 31, "a date has a month and a day");
  Require(date.month != 0 || date.day == 0, "a day is of a month");
  return info;
}

void CheckRanges(const go::GameInfo& info) {
  Require(info.board_size >= go::kMinBoardSize && info.board_size <= go::kMaxBoardSize,
          "the board has 2 to 25 lines");
  Require(std::abs(info.komi_half_points) <= kMostHalfPoints, "komi fits the board");
  Require(info.margin_half_points >= 0 && info.margin_half_points <= kMostHalfPoints,
          "the margin fits the board");
  const bool won = info.winner == go::Winner::kBlack || info.winner == go::Winner::kWhite;
  Require(won || (!info.by_resignation && info.margin_half_points == 0), "only a winner has won");
  Require(!info.by_resignation || info.margin_half_points == 0, "who resigns is not counted out");
  Require(IsRank(info.black_rank), "a rank is kyu, dan or professional");
  Require(info.handicap < 100, "a handicap has two digits");
  Require(info.year == 0 || (info.year >= 1000 && info.year < 3000), "a year has four digits");
}

}  // namespace
}  // namespace moyo::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moyo::fuzz;
  moyo::go::GameRecord game;
  game.info = Parse(AsText(data, size));
  CheckRanges(game.info);
  moyo::go::GameRecord again;
  moyo::sgf::GameReader reader;
  Require(reader.Read(moyo::sgf::WriteSgf(game), again).issue.reason == moyo::sgf::Reason::kNone,
          "what is written reads without an issue");
  // The writer writes all that the info holds, so equal texts are equal facts.
  Require(moyo::sgf::WriteSgf(again) == moyo::sgf::WriteSgf(game), "header facts read back");
  return 0;
}
