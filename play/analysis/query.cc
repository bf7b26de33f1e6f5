#include "play/analysis/query.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
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
constexpr char kFieldPayload[] = "moyo/field";

absl::Status Of(absl::string_view field, absl::Status status) {
  if (!status.ok()) status.SetPayload(kFieldPayload, absl::Cord(field));
  return status;
}
absl::Status Wanted(absl::string_view field, absl::string_view wanted) {
  return Of(field, BadField(field, wanted));
}

// A field by one of the readers of json_fields.h, with its name in the error.
template <typename T>
absl::StatusOr<T> Of(absl::string_view field, absl::StatusOr<T> value) {
  if (!value.ok()) return Of(field, value.status());
  return value;
}

std::string TextOf(const json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

absl::StatusOr<std::vector<go::Move>> ReadMoves(const json& request, const char* field,
                                                size_t most) {
  std::vector<go::Move> moves;
  const auto list = request.find(field);
  if (list == request.end()) return moves;
  constexpr char kWanted[] = R"(a list of pairs such as ["B", "Q16"])";
  if (!list->is_array()) return Wanted(field, kWanted);
  if (list->size() > most) {
    return Wanted(field, absl::StrCat("a list of at most ", most));
  }
  for (const json& pair : *list) {
    if (!pair.is_array() || pair.size() != 2) return Wanted(field, kWanted);
    const auto color = go::ParseColor(TextOf(pair[0]));
    const auto point = go::ParseVertex(TextOf(pair[1]), kSize);
    if (!color || !point) return Wanted(field, kWanted);
    moves.push_back({*point, *color});
  }
  return moves;
}

// A ruleset by name, or an object whose `suicide` says the one thing that counts here.
absl::StatusOr<go::Ruleset> ReadRules(const json& request) {
  const auto rules = request.find("rules");
  if (rules == request.end()) return go::Ruleset::kUnknown;
  if (rules->is_object()) {
    MOYO_ASSIGN_OR_RETURN(const bool suicide, Of("rules", Flag(*rules, "suicide", false)));
    return suicide ? go::Ruleset::kNewZealand : go::Ruleset::kOther;
  }
  if (!rules->is_string()) return Wanted("rules", "a ruleset's name, or an object");
  std::string name = absl::AsciiStrToLower(rules->get_ref<const std::string&>());
  std::replace(name.begin(), name.end(), '-', ' ');
  return sgf::ParseRuleset(name);
}

absl::Status CheckBoardSize(const json& request) {
  for (const char* field : {"boardXSize", "boardYSize"}) {
    const auto size = request.find(field);
    if (size == request.end() || *size != kSize) {
      return Wanted(field, "19: the network knows no other board");
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
  MOYO_RETURN_IF_ERROR(Of("komi", Number(request, {"komi", -kMaxKomi, kMaxKomi, 0}).status()));
  MOYO_ASSIGN_OR_RETURN(const std::vector<go::Move> stones,
                        ReadMoves(request, "initialStones", features::kPointCount));
  for (const go::Move& stone : stones) {
    if (stone.point.IsPass()) return Wanted("initialStones", "stones with points");
    game.setup.push_back({stone.point, stone.color});
  }
  if (!request.contains("moves")) return Wanted("moves", "there, if only as []");
  MOYO_ASSIGN_OR_RETURN(game.moves, ReadMoves(request, "moves", GameState::kMaxMoves));
  go::Replayer replayer;
  const go::ReplayResult replay = replayer.Replay(game);
  if (!replay.setup_ok) return Wanted("initialStones", "a position: every chain with a liberty");
  if (replay.legal_moves < game.moves.size()) {
    const go::Move& bad = game.moves[replay.legal_moves];
    return Of("moves",
              absl::InvalidArgumentError(absl::StrCat(
                  "Illegal move ", replay.legal_moves, ": ", go::ColorName(bad.color), " ",
                  go::FormatVertex(bad.point, kSize), ": ", go::LegalityName(replay.legality))));
  }
  return game;
}

absl::StatusOr<std::vector<int64_t>> ReadNumbers(const json& request, const char* field, double low,
                                                 double high) {
  std::vector<int64_t> numbers;
  const json& list = request[field];
  const std::string wanted = absl::StrCat("a list of whole numbers from ", low, " to ", high);
  if (!list.is_array()) return Wanted(field, wanted);
  for (const json& item : list) {
    if (!item.is_number_integer() || item < low || item > high) return Wanted(field, wanted);
    numbers.push_back(item.get<int64_t>());
  }
  return numbers;
}

absl::StatusOr<std::vector<Turn>> ReadTurns(const json& request, size_t moves) {
  MOYO_ASSIGN_OR_RETURN(
      const int priority,
      Of("priority", Integer(request, {"priority", -kMaxPriority, kMaxPriority, 0})));
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
      return Wanted("priorities", "as long as analyzeTurns");
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
  if (!settings->is_object()) return Wanted("overrideSettings", "an object");
  const auto found = settings->find("reportAnalysisWinratesAs");
  if (found == settings->end()) return Perspective::kSideToMove;
  const std::string name = absl::AsciiStrToUpper(TextOf(*found));
  if (name == "BLACK") return Perspective::kBlack;
  if (name == "WHITE") return Perspective::kWhite;
  if (name == "SIDETOMOVE") return Perspective::kSideToMove;
  return Of("overrideSettings", BadField("reportAnalysisWinratesAs", "BLACK, WHITE or SIDETOMOVE"));
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
  if (!found->is_array()) return Wanted(field, kWanted);
  if (found->size() > most) return Wanted(field, absl::StrCat("a list of at most ", most));
  for (const json& item : *found) {
    if (!item.is_object() || !item.contains("player") || !item.contains("moves") ||
        !item["moves"].is_array()) {
      return Wanted(field, kWanted);
    }
    const auto player = go::ParseColor(TextOf(item["player"]));
    if (!player) return Wanted(field, kWanted);
    MOYO_RETURN_IF_ERROR(Of(field, Integer(item, {"untilDepth", 1, 1e6, 1}).status()));
    MoveList list{.player = *player};
    for (const json& move : item["moves"]) {
      const auto point = go::ParseVertex(TextOf(move), kSize);
      if (!point) return Wanted(field, kWanted);
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
    return Wanted("allowMoves", "left out where there are avoidMoves");
  }
  for (const MoveList& list : avoided) query.left_out[static_cast<int>(list.player)] |= list.moves;
  for (const MoveList& list : allowed) query.left_out[static_cast<int>(list.player)] = ~list.moves;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<AnalysisQuery> ParseQuery(const json& request) {
  AnalysisQuery query;
  MOYO_ASSIGN_OR_RETURN(query.id, Of("id", Text(request, "id", kMaxIdBytes)));
  MOYO_ASSIGN_OR_RETURN(query.game, ReadGame(request));
  if (const auto first = request.find("initialPlayer"); first != request.end()) {
    query.first_to_move = go::ParseColor(TextOf(*first));
    if (!query.first_to_move) return Wanted("initialPlayer", "B or W");
  }
  MOYO_ASSIGN_OR_RETURN(query.turns, ReadTurns(request, query.game.moves.size()));
  MOYO_ASSIGN_OR_RETURN(query.include_policy,
                        Of("includePolicy", Flag(request, "includePolicy", false)));
  MOYO_ASSIGN_OR_RETURN(query.perspective, ReadPerspective(request));
  MOYO_RETURN_IF_ERROR(ReadLeftOut(request, query));
  return query;
}

std::string FieldOf(const absl::Status& status) {
  const auto field = status.GetPayload(kFieldPayload);
  return field ? std::string(*field) : std::string();
}

absl::StatusOr<std::optional<std::vector<size_t>>> ParseTurnNumbers(const json& request) {
  if (!request.contains("turnNumbers")) return std::nullopt;
  MOYO_ASSIGN_OR_RETURN(const std::vector<int64_t> numbers,
                        ReadNumbers(request, "turnNumbers", 0, GameState::kMaxMoves));
  return std::vector<size_t>(numbers.begin(), numbers.end());
}

}  // namespace moyo::play
