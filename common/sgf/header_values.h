// What SGF's header properties say, in the many ways that servers, programs and people write them.
// Text is bytes: UTF-8, and for the commonest words GB18030, Big5, EUC-KR and Shift-JIS. What is
// not understood is "unknown", never an error.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/go/types.h"
#include "common/sgf/game_reader.h"

namespace moyo::sgf {

// SZ: "19", "19:19". kNone, kBadBoardSize or kBoardNotSquare.
Reason ParseBoardSize(std::string_view text, uint8_t& size);
// GM: false when it names another game than Go.
bool IsGo(std::string_view text);
// KM and KO, in half points. A whole number from 100 on is in hundredths (750 is 7.5); a fraction
// of .25 or .75, or the word zi, means Chinese stones, which count double (3.75 and 375 are 7.5).
int16_t ParseKomi(std::string_view text);
// RE: sets winner, by_resignation and margin_half_points.
void ParseResult(std::string_view text, go::GameInfo& info);
go::Ruleset ParseRuleset(std::string_view text);
// BR and WR: kyu -30..-1, dan 1..9, professional 11..19, 0 unknown.
int8_t ParseRank(std::string_view text);
// HA: the first whole number in it; 0 for a fraction (a komi in the wrong place). Without digits a
// Chinese numeral before zi ("受三子").
uint8_t ParseHandicap(std::string_view text);
// DT: the first run of four or more digits, its first four.
uint16_t ParseYear(std::string_view text);

// The first day that DT names; month and day are 0 where it does not say them.
struct Date {
  uint16_t year = 0;  // as ParseYear
  uint8_t month = 0;
  uint8_t day = 0;
};
// "2016-07-23", "2016.7", "20160723", "2016年7月23日"; of "23/07/2016" the year only.
Date ParseDate(std::string_view text);

}  // namespace moyo::sgf
