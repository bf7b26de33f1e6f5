// The words of the report: what a number of go::GameInfo is called. The same in text and JSON.
#pragma once

#include <string>
#include <string_view>

#include "cli/survey/survey_report.h"

namespace moyo::cli {

std::string BoardSizeWord(int size);           // "19"
std::string YearWord(int year);                // "2015", "unknown"
std::string RulesetWord(go::Ruleset ruleset);  // "japanese", "unknown"
// "B+R", "B+points", "B" (won, not said how), the same for W; "draw", "unknown".
std::string ResultWord(const ResultKey& result);
std::string KomiWord(int half_points);  // "6.5", "-0.5", "7"
std::string RankWord(int rank);         // "5k", "9d", "1p", "unknown"

// For a terminal: what is not UTF-8 becomes U+FFFD, control characters \xNN (their code points).
std::string Printable(std::string_view text);

}  // namespace moyo::cli
