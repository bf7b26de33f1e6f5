#include "play/analysis/query.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/base/status_macros.h"
#include "common/go/replay.h"
#include "common/go/vertex.h"
#include "common/sgf/header_values.h"
#include "play/game_state.h"
#include "play/json_fields.h"

namespace moyo::play {
namespace {

using nlohmann::json;

constexpr int kSize = features::kBoardSize;
constexpr double kMaxPriority = 1e9;
constexpr double kMaxKomi = 150;

std::string TextOf(const json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

absl::StatusOr<std::vector<go::Move>> ReadMoves(const json& request, const char* field,
                                                size_t most) {
  std::vector<go::Move> moves;
  const auto list = request.find(field);
  if (list == request.end()) return moves;
  constexpr char kWanted[] = R"(a list of pairs such as ["B", "Q16"])";
  if (!list->is_array()) return BadField(field, kWanted);
  if (list->size() > most) {
    return BadField(field, absl::StrCat("a list of at most ", most));
  }
  for (const json& pair : *list) {
    if (!pair.is_array() || pair.size() != 2) return BadField(field, kWanted);
    const auto color = go::ParseColor(TextOf(pair[0]));
    const auto point = go::ParseVertex(TextOf(pair[1]), kSize);
    if (!color || !point) return BadField(field, kWanted);
    moves.push_back({*point, *color});
  }
  return moves;
}

// A ruleset by name, or an object whose `suicide` says the one thing that counts here.
absl::StatusOr<go::Ruleset> ReadRules(const json& request) {
  const auto rules = request.find("rules");
  if (rules == request.end()) return go::Ruleset::kUnknown;
  if (rules->is_object()) {
    const absl::StatusOr<bool> suicide = Flag(*rules, "suicide", false);
    if (!suicide.ok()) return OfField("rules", suicide.status());
    return *suicide ? go::Ruleset::kNewZealand : go::Ruleset::kOther;
  }
  if (!rules->is_string()) return BadField("rules", "a ruleset's name, or an object");
  std::string name = absl::AsciiStrToLower(rules->get_ref<const std::string&>());
  std::replace(name.begin(), name.end(), '-', ' ');
  return sgf::ParseRuleset(name);
}

absl::Status CheckBoardSize(const json& request) {
  for (const char* field : {"boardXSize", "boardYSize"}) {
    const auto size = request.find(field);
    if (size == request.end() || *size != kSize) {
      return BadField(field, "19: the network knows no other board");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<go::GameRecord> ReadGame(const json& request) {
  MOYO_RETURN_IF_ERROR(CheckBoardSize(request));
  go::GameRecord game;
  game.info.board_size = kSize;
  MOYO_ASSIGN_OR_RETURN(game.info.ruleset, ReadRules(request));
  // Held to its range like any field; the network does not see it.
  MOYO_RETURN_IF_ERROR(Number(request, {"komi", -kMaxKomi, kMaxKomi, 0}).status());
  MOYO_ASSIGN_OR_RETURN(const std::vector<go::Move> stones,
                        ReadMoves(request, "initialStones", features::kPointCount));
  for (const go::Move& stone : stones) {
    if (stone.point.IsPass()) return BadField("initialStones", "stones with points");
    game.setup.push_back({stone.point, stone.color});
  }
  if (!request.contains("moves")) return BadField("moves", "there, if only as []");
  MOYO_ASSIGN_OR_RETURN(game.moves, ReadMoves(request, "moves", GameState::kMaxMoves));
  go::Replayer replayer;
  const go::ReplayResult replay = replayer.Replay(game);
  if (!replay.setup_ok) return BadField("initialStones", "a position: every chain with a liberty");
  if (replay.legal_moves < game.moves.size()) {
    const go::Move& bad = game.moves[replay.legal_moves];
    return OfField(
        "moves", absl::InvalidArgumentError(absl::StrCat(
                     "Illegal move ", replay.legal_moves, ": ", go::ColorName(bad.color), " ",
                     go::FormatVertex(bad.point, kSize), ": ", go::LegalityName(replay.legality))));
  }
  return game;
}

// Two black stones or more and nothing else.
bool IsHandicap(const go::GameRecord& game) {
  const auto is_black = [](const go::Setup& stone) { return stone.color == go::Color::kBlack; };
  return game.setup.size() > 1 && game.moves.empty() &&
         std::all_of(game.setup.begin(), game.setup.end(), is_black);
}

absl::StatusOr<std::vector<int64_t>> ReadNumbers(const json& request, const char* field, double low,
                                                 double high) {
  std::vector<int64_t> numbers;
  const json& list = request[field];
  const std::string wanted = absl::StrCat("a list of whole numbers from ", low, " to ", high);
  if (!list.is_array()) return BadField(field, wanted);
  for (const json& item : list) {
    if (!item.is_number_integer() || item < low || item > high) return BadField(field, wanted);
    numbers.push_back(item.get<int64_t>());
  }
  return numbers;
}

absl::StatusOr<std::vector<Turn>> ReadTurns(const json& request, size_t moves) {
  MOYO_ASSIGN_OR_RETURN(const int priority,
                        Integer(request, {"priority", -kMaxPriority, kMaxPriority, 0}));
  std::vector<int64_t> numbers = {static_cast<int64_t>(moves)};
  if (request.contains("analyzeTurns")) {
    MOYO_ASSIGN_OR_RETURN(numbers,
                          ReadNumbers(request, "analyzeTurns", 0, static_cast<double>(moves)));
  }
  std::vector<int64_t> priorities(numbers.size(), priority);
  if (request.contains("priorities")) {
    MOYO_ASSIGN_OR_RETURN(priorities,
                          ReadNumbers(request, "priorities", -kMaxPriority, kMaxPriority));
    if (priorities.size() != numbers.size() || !request.contains("analyzeTurns")) {
      return BadField("priorities", "as long as analyzeTurns");
    }
  }
  std::map<int64_t, int64_t> by_turn;
  for (size_t i = 0; i < numbers.size(); ++i) by_turn[numbers[i]] = priorities[i];
  std::vector<Turn> turns;
  for (const auto& [number, of_turn] : by_turn) {
    turns.push_back({.number = static_cast<size_t>(number), .priority = of_turn});
  }
  return turns;
}

absl::StatusOr<Perspective> ReadPerspective(const json& request) {
  const auto settings = request.find("overrideSettings");
  if (settings == request.end()) return Perspective::kSideToMove;
  if (!settings->is_object()) return BadField("overrideSettings", "an object");
  const auto found = settings->find("reportAnalysisWinratesAs");
  if (found == settings->end()) return Perspective::kSideToMove;
  const std::string name = absl::AsciiStrToUpper(TextOf(*found));
  if (name == "BLACK") return Perspective::kBlack;
  if (name == "WHITE") return Perspective::kWhite;
  if (name == "SIDETOMOVE") return Perspective::kSideToMove;
  return OfField("overrideSettings",
                 BadField("reportAnalysisWinratesAs", "BLACK, WHITE or SIDETOMOVE"));
}

// One player's list of moves: {"player": "B", "moves": ["C3", "pass"], "untilDepth": 1}.
struct MoveList {
  go::Color player;
  std::bitset<features::kPolicySize> moves = {};
};

absl::StatusOr<std::vector<MoveList>> ReadMoveLists(const json& request, const char* field,
                                                    size_t most) {
  std::vector<MoveList> lists;
  const auto found = request.find(field);
  if (found == request.end()) return lists;
  constexpr char kWanted[] =
      R"(a list of objects such as {"player": "B", "moves": ["C3"], "untilDepth": 1})";
  if (!found->is_array()) return BadField(field, kWanted);
  if (found->size() > most) return BadField(field, absl::StrCat("a list of at most ", most));
  for (const json& item : *found) {
    if (!item.is_object() || !item.contains("player") || !item.contains("moves") ||
        !item["moves"].is_array()) {
      return BadField(field, kWanted);
    }
    const auto player = go::ParseColor(TextOf(item["player"]));
    if (!player) return BadField(field, kWanted);
    MOYO_RETURN_IF_ERROR(OfField(field, Integer(item, {"untilDepth", 1, 1e6, 1}).status()));
    MoveList list{.player = *player};
    for (const json& move : item["moves"]) {
      const auto point = go::ParseVertex(TextOf(move), kSize);
      if (!point) return BadField(field, kWanted);
      list.moves.set(features::PolicyIndex(*point));
    }
    lists.push_back(list);
  }
  return lists;
}

absl::Status ReadLeftOut(const json& request, AnalysisQuery& query) {
  constexpr size_t kMaxAvoidLists = 1000;
  MOYO_ASSIGN_OR_RETURN(const std::vector<MoveList> avoided,
                        ReadMoveLists(request, "avoidMoves", kMaxAvoidLists));
  MOYO_ASSIGN_OR_RETURN(const std::vector<MoveList> allowed,
                        ReadMoveLists(request, "allowMoves", 1));
  if (!avoided.empty() && !allowed.empty()) {
    return BadField("allowMoves", "left out where there are avoidMoves");
  }
  for (const MoveList& list : avoided) query.left_out[static_cast<int>(list.player)] |= list.moves;
  for (const MoveList& list : allowed) query.left_out[static_cast<int>(list.player)] = ~list.moves;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadId(const json& request) {
  if (!request.contains("id")) return BadField("id", "there, a string");
  return Text(request, "id", kMaxIdBytes);
}

absl::StatusOr<AnalysisQuery> ParseQuery(const json& request) {
  AnalysisQuery query;
  MOYO_ASSIGN_OR_RETURN(query.id, ReadId(request));
  MOYO_ASSIGN_OR_RETURN(query.game, ReadGame(request));
  if (const auto first = request.find("initialPlayer"); first != request.end()) {
    query.first_to_move = go::ParseColor(TextOf(*first));
    if (!query.first_to_move) return BadField("initialPlayer", "B or W");
  } else if (IsHandicap(query.game)) {
    query.first_to_move = go::Color::kWhite;
  }
  MOYO_ASSIGN_OR_RETURN(query.turns, ReadTurns(request, query.game.moves.size()));
  MOYO_ASSIGN_OR_RETURN(query.include_policy, Flag(request, "includePolicy", false));
  MOYO_ASSIGN_OR_RETURN(query.perspective, ReadPerspective(request));
  MOYO_RETURN_IF_ERROR(ReadLeftOut(request, query));
  return query;
}

absl::StatusOr<std::optional<std::set<size_t>>> ParseTurnNumbers(const json& request) {
  if (!request.contains("turnNumbers")) return std::nullopt;
  MOYO_ASSIGN_OR_RETURN(const std::vector<int64_t> numbers,
                        ReadNumbers(request, "turnNumbers", 0, GameState::kMaxMoves));
  return std::set<size_t>(numbers.begin(), numbers.end());
}

}  // namespace moyo::play
