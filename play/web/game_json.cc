#include "play/web/game_json.h"

#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/features/planes.h"
#include "common/sgf/game_writer.h"
#include "common/sgf/header_values.h"
#include "play/game_state.h"
#include "play/json_fields.h"

namespace moyo::play {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr size_t kMaxResultBytes = 40;
constexpr int kRulesets = static_cast<int>(go::Ruleset::kOther);

std::optional<go::Color> ColorOfLetter(char letter) {
  if (letter == 'b') return go::Color::kBlack;
  if (letter == 'w') return go::Color::kWhite;
  if (letter == 'e') return go::Color::kEmpty;
  return std::nullopt;
}

// "bpd", "w".
std::optional<go::Move> StoneOfText(const std::string& text) {
  const std::optional<go::Color> color = text.empty() ? std::nullopt : ColorOfLetter(text.front());
  if (!color) return std::nullopt;
  if (text.size() == 1) return go::Move{go::kPass, *color};
  const auto on_board = [](char c) { return c >= 'a' && c < 'a' + features::kBoardSize; };
  if (text.size() != 3 || !on_board(text[1]) || !on_board(text[2])) return std::nullopt;
  return go::Move{{static_cast<uint8_t>(text[1] - 'a'), static_cast<uint8_t>(text[2] - 'a')},
                  *color};
}

// The list `name` of at most `most` stones; empty where it is missing.
absl::StatusOr<std::vector<go::Move>> Stones(const json& object, const char* name, size_t most) {
  std::vector<go::Move> stones;
  const auto field = object.find(name);
  if (field == object.end()) return stones;
  if (!field->is_array()) return BadField(name, "a list");
  if (field->size() > most) return BadField(name, absl::StrCat("a list of at most ", most));
  for (const json& item : *field) {
    const std::optional<go::Move> stone =
        item.is_string() ? StoneOfText(item.get_ref<const std::string&>()) : std::nullopt;
    if (!stone) return BadField(name, "a list of stones such as \"bpd\"");
    stones.push_back(*stone);
  }
  return stones;
}

std::string StoneText(go::Color color, go::Point point) {
  return ColorLetter(color) + PointText(point);
}

}  // namespace

std::string PointText(go::Point point) {
  if (point.IsPass()) return "";
  return {static_cast<char>('a' + point.x), static_cast<char>('a' + point.y)};
}

char ColorLetter(go::Color color) {
  return color == go::Color::kBlack ? 'b' : color == go::Color::kWhite ? 'w' : 'e';
}

absl::StatusOr<go::GameRecord> GameOfJson(const json& json) {
  if (!json.is_object()) return BadField("game", "an object");
  go::GameRecord game;
  game.info.board_size = features::kBoardSize;
  constexpr double kMost = go::kMaxBoardSize * go::kMaxBoardSize;  // as records may have it
  MOYO_ASSIGN_OR_RETURN(const double komi, Number(json, {"komi", -kMost, kMost, 0}));
  game.info.komi_half_points = static_cast<int16_t>(std::lround(2 * komi));
  MOYO_ASSIGN_OR_RETURN(const int handicap, Integer(json, {"handicap", 0, 99, 0}));
  game.info.handicap = static_cast<uint8_t>(handicap);
  MOYO_ASSIGN_OR_RETURN(const int ruleset, Integer(json, {"ruleset", 0, kRulesets, 0}));
  game.info.ruleset = static_cast<go::Ruleset>(ruleset);
  MOYO_ASSIGN_OR_RETURN(const std::string result, Text(json, "result", kMaxResultBytes));
  sgf::ParseResult(result, game.info);
  MOYO_ASSIGN_OR_RETURN(const std::vector<go::Move> setup,
                        Stones(json, "setup", features::kPointCount));
  for (const go::Move& stone : setup) {
    if (stone.point.IsPass()) return BadField("setup", "a list of stones with points");
    game.setup.push_back({stone.point, stone.color});
  }
  MOYO_ASSIGN_OR_RETURN(game.moves, Stones(json, "moves", GameState::kMaxMoves));
  for (const go::Move& move : game.moves) {
    if (move.color == go::Color::kEmpty)
      return BadField("moves", "a list of black and white moves");
  }
  return game;
}

ordered_json JsonOfGame(const go::GameRecord& game) {
  ordered_json setup = ordered_json::array(), moves = ordered_json::array();
  for (const go::Setup& stone : game.setup) setup.push_back(StoneText(stone.color, stone.point));
  for (const go::Move& move : game.moves) moves.push_back(StoneText(move.color, move.point));
  return {{"komi", game.info.komi_half_points / 2.0},
          {"handicap", game.info.handicap},
          {"ruleset", static_cast<int>(game.info.ruleset)},
          {"result", sgf::ResultText(game.info)},
          {"setup", std::move(setup)},
          {"moves", std::move(moves)}};
}

}  // namespace moyo::play
