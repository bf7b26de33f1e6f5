#include "common/sgf/game_writer.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/go/rank.h"

namespace moyo::sgf {
namespace {

void AppendPoint(go::Point point, std::string& out) {
  out += '[';
  if (!point.IsPass()) {
    out += static_cast<char>('a' + point.x);
    out += static_cast<char>('a' + point.y);
  }
  out += ']';
}

// "6.5", "-7.0", "0". The fraction is always written, so that no reader takes hundredths for
// points.
std::string HalfPointsText(int half_points) {
  if (half_points == 0) return "0";
  return absl::StrCat(half_points < 0 ? "-" : "", std::abs(half_points) / 2,
                      half_points % 2 != 0 ? ".5" : ".0");
}

const char* RulesetText(go::Ruleset ruleset) {
  switch (ruleset) {
    case go::Ruleset::kUnknown:
      return "";
    case go::Ruleset::kJapanese:
      return "Japanese";
    case go::Ruleset::kChinese:
      return "Chinese";
    case go::Ruleset::kKorean:
      return "Korean";
    case go::Ruleset::kAga:
      return "AGA";
    case go::Ruleset::kNewZealand:
      return "NZ";
    case go::Ruleset::kTrompTaylor:
      return "Tromp-Taylor";
    case go::Ruleset::kIng:
      return "GOE";
    case go::Ruleset::kOther:
      return "other";
  }
  return "";
}

void AppendName(const char* property, const std::string& name, std::string& out) {
  if (name.empty()) return;
  absl::StrAppend(&out, property, "[", absl::StrReplaceAll(name, {{"\\", "\\\\"}, {"]", "\\]"}}),
                  "]");
}

void AppendHeader(const go::GameInfo& info, const SgfNames& names, std::string& out) {
  out += "(;GM[1]FF[4]CA[UTF-8]";
  AppendName("PB", names.black, out);
  AppendName("PW", names.white, out);
  absl::StrAppend(&out, "SZ[", info.board_size, "]KM[", HalfPointsText(info.komi_half_points),
                  "]RE[", ResultText(info), "]");
  if (info.ruleset != go::Ruleset::kUnknown) {
    absl::StrAppend(&out, "RU[", RulesetText(info.ruleset), "]");
  }
  if (info.handicap != 0) absl::StrAppend(&out, "HA[", info.handicap, "]");
  if (info.black_rank != 0) absl::StrAppend(&out, "BR[", go::RankText(info.black_rank), "]");
  if (info.white_rank != 0) absl::StrAppend(&out, "WR[", go::RankText(info.white_rank), "]");
  if (info.year != 0) absl::StrAppend(&out, "DT[", info.year, "]");
}

}  // namespace

std::string ResultText(const go::GameInfo& info) {
  if (info.winner == go::Winner::kUnknown) return "?";
  if (info.winner == go::Winner::kDraw) return "0";
  std::string result = info.winner == go::Winner::kBlack ? "B+" : "W+";
  if (info.by_resignation) return result + "R";
  if (info.margin_half_points != 0) result += HalfPointsText(info.margin_half_points);
  return result;
}

std::string WriteSgf(const go::GameRecord& game, const SgfNames& names) {
  std::string out;
  AppendHeader(game.info, names, out);
  for (const auto& [color, name] :
       {std::pair{go::Color::kBlack, "AB"}, {go::Color::kWhite, "AW"}, {go::Color::kEmpty, "AE"}}) {
    bool named = false;
    for (const go::Setup& setup : game.setup) {
      if (setup.color != color) continue;
      if (!named) out += name;
      named = true;
      AppendPoint(setup.point, out);
    }
  }
  int on_line = 0;
  for (const go::Move& move : game.moves) {
    if (on_line++ % 12 == 0) out += '\n';
    out += move.color == go::Color::kBlack ? ";B" : ";W";
    AppendPoint(move.point, out);
  }
  out += ")\n";
  return out;
}

}  // namespace moyo::sgf
