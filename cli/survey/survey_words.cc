#include "cli/survey/survey_words.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/utf8.h"
#include "common/go/rank.h"

namespace moyo::cli {
std::string BoardSizeWord(int size) { return absl::StrCat(size); }

std::string YearWord(int year) { return year == 0 ? "unknown" : absl::StrCat(year); }

std::string RulesetWord(go::Ruleset ruleset) {
  switch (ruleset) {
    case go::Ruleset::kUnknown:
      return "unknown";
    case go::Ruleset::kJapanese:
      return "japanese";
    case go::Ruleset::kChinese:
      return "chinese";
    case go::Ruleset::kKorean:
      return "korean";
    case go::Ruleset::kAga:
      return "aga";
    case go::Ruleset::kNewZealand:
      return "new-zealand";
    case go::Ruleset::kTrompTaylor:
      return "tromp-taylor";
    case go::Ruleset::kIng:
      return "ing";
    case go::Ruleset::kOther:
      return "other";
  }
  return "unknown";
}

std::string ResultWord(const ResultKey& result) {
  if (result.winner == go::Winner::kUnknown) return "unknown";
  if (result.winner == go::Winner::kDraw) return "draw";
  const std::string winner = result.winner == go::Winner::kBlack ? "B" : "W";
  switch (result.by) {
    case ResultKey::By::kResignation:
      return winner + "+R";
    case ResultKey::By::kPoints:
      return winner + "+points";
    case ResultKey::By::kUnsaid:
      return winner;
  }
  return winner;
}

std::string KomiWord(int half_points) {
  const int points = std::abs(half_points) / 2;
  return absl::StrCat(half_points < 0 ? "-" : "", points, half_points % 2 != 0 ? ".5" : "");
}

std::string RankWord(int rank) { return rank == 0 ? "unknown" : go::RankText(rank); }

std::string Printable(std::string_view text) {
  const std::string utf8 = sgf::ToUtf8(text, sgf::TextEncoding::kUtf8);
  std::string out;
  for (std::string_view left = utf8; !left.empty();) {
    const size_t control_bytes = ControlCharacterBytes(left);
    if (control_bytes == 0) {
      out.push_back(left.front());
    } else {  // its last byte is the code point
      absl::StrAppendFormat(&out, "\\x%02x", static_cast<unsigned char>(left[control_bytes - 1]));
    }
    left.remove_prefix(std::max<size_t>(control_bytes, 1));
  }
  return out;
}

}  // namespace moyo::cli
