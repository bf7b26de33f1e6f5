#include "play/match/match_report.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/status_macros.h"
#include "play/json_fields.h"

namespace moyo::play {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr size_t kMaxFailureBytes = 1000;  // a program may say a mebibyte
constexpr size_t kMaxTextBytes = 10 * kMaxFailureBytes;

// Commands and messages of programs may be any bytes.
std::string Dump(const ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

ordered_json Terms(const MatchOptions& options) {
  ordered_json terms = {{"engine", options.engine.empty() ? "Moyo" : options.engine},
                        {"opponent", options.opponent},
                        {"komi", options.komi},
                        {"opening_moves", options.opening_moves},
                        {"match_seed", options.seed},
                        {"max_moves", options.max_moves},
                        {"network", nullptr}};
  if (!options.engine.empty()) return terms;
  terms["network"] = options.network_sha256;
  terms["temperature"] = options.player.temperature;
  terms["seed"] = options.player.seed;
  terms["resign"] = options.player.resign_below;
  terms["resign_turns"] = options.player.resign_after;
  terms["resign_from_move"] = options.player.resign_from_move;
  return terms;
}

ordered_json TallyJson(const GameTally& tally) {
  return {{"won", tally.won}, {"lost", tally.lost}, {"drawn", tally.drawn}};
}

ordered_json OrNull(const std::string& text) {
  return text.empty() ? ordered_json() : ordered_json(text);
}

ordered_json OrNull(const std::optional<double>& value) {
  return value ? ordered_json(std::round(*value * 10) / 10) : nullptr;
}

ordered_json GameJson(const PlayedGame& game) {
  return {{"file", GameFileName(game.number)},
          {"engine", game.engine_is_black() ? "black" : "white"},
          {"result", game.result},
          {"end", GameEndName(game.end)},
          {"moves", game.moves},
          {"seconds", std::round(game.seconds * 100) / 100},
          {"failure", OrNull(game.failure)}};
}

absl::StatusOr<uint64_t> ParseGameFileName(std::string_view name) {
  constexpr std::string_view kBefore = "game-";
  uint64_t number = 0;
  if (name.starts_with(kBefore)) {
    std::from_chars(name.data() + kBefore.size(), name.data() + name.size(), number);
  }
  if (number == 0 || name != GameFileName(number - 1)) return BadField("file", "a game's");
  return number - 1;
}

absl::StatusOr<GameEnd> ParseGameEnd(std::string_view name) {
  for (const GameEnd end : {GameEnd::kPasses, GameEnd::kResignation, GameEnd::kMoveBound,
                            GameEnd::kIllegalMove, GameEnd::kFailure}) {
    if (name == GameEndName(end)) return end;
  }
  return BadField("end", "the way a game ends");
}

absl::StatusOr<PlayedGame> ParseGame(json object) {
  if (!object.is_object()) return absl::InvalidArgumentError("a result is no object");
  if (object["failure"].is_null()) object.erase("failure");
  PlayedGame game;
  MOYO_ASSIGN_OR_RETURN(const std::string file, Text(object, "file", kMaxTextBytes));
  MOYO_ASSIGN_OR_RETURN(game.number, ParseGameFileName(file));
  MOYO_ASSIGN_OR_RETURN(game.result, Text(object, "result", kMaxTextBytes));
  if (!game.drawn() && !game.result.starts_with("B+") && !game.result.starts_with("W+")) {
    return BadField("result", "a game's");
  }
  MOYO_ASSIGN_OR_RETURN(const std::string end, Text(object, "end", kMaxTextBytes));
  MOYO_ASSIGN_OR_RETURN(game.end, ParseGameEnd(end));
  MOYO_ASSIGN_OR_RETURN(
      game.moves,
      Integer(object, {.name = "moves", .low = 0, .high = GameState::kMaxMoves, .fallback = 0}));
  MOYO_ASSIGN_OR_RETURN(game.seconds,
                        Number(object, {.name = "seconds", .low = 0, .high = 1e9, .fallback = 0}));
  MOYO_ASSIGN_OR_RETURN(game.failure, Text(object, "failure", kMaxTextBytes));
  return game;
}

}  // namespace

std::string GameFileName(uint64_t number) { return absl::StrFormat("game-%04d.sgf", number + 1); }

// As match.json gives them back, so that they compare.
MatchReport::MatchReport(const MatchOptions& options)
    : terms_(ordered_json::parse(Dump(Terms(options), -1))) {}

absl::Status MatchReport::GoOn(std::string_view text) {
  const json report = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!report.is_object()) return absl::InvalidArgumentError("it is no JSON object");
  const auto results = report.find("results");
  if (results == report.end() || !results->is_array()) return BadField("results", "a list");
  std::map<uint64_t, PlayedGame> games;
  for (const json& result : *results) {
    MOYO_ASSIGN_OR_RETURN(PlayedGame game, ParseGame(result));
    if (game.end != GameEnd::kFailure) games[game.number] = std::move(game);
  }
  // Nothing was played, on whatever terms: a program that could not begin, say.
  if (games.empty()) return absl::OkStatus();
  for (const auto& [name, value] : terms_.items()) {
    const auto was = report.find(name);
    if (was != report.end() && *was == json(value)) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("\"", name, "\" was ", was == report.end() ? "not told" : was->dump(),
                     " and is ", value.dump(), " now"));
  }
  games_ = std::move(games);
  return absl::OkStatus();
}

void MatchReport::Add(PlayedGame game) {
  game.failure.resize(std::min(game.failure.size(), kMaxFailureBytes));
  games_[game.number] = std::move(game);
}

template <typename Which>
GameTally MatchReport::Tally(Which&& which) const {
  GameTally tally;
  for (const auto& [number, game] : games_) {
    if (!which(game)) continue;
    ++(game.drawn() ? tally.drawn : game.engine_won() ? tally.won : tally.lost);
  }
  return tally;
}

GameTally MatchReport::Tally() const {
  return Tally([](const PlayedGame&) { return true; });
}

std::string MatchReport::Json(int indent) const {
  const GameTally all = Tally();
  const GameTally failed =
      Tally([](const PlayedGame& game) { return game.end == GameEnd::kFailure; });
  const EloEstimate elo = EstimateElo(all);
  ordered_json json = terms_;
  json["games"] = all.games();
  json.update(TallyJson(all));
  json["as_black"] = TallyJson(Tally([](const PlayedGame& g) { return g.engine_is_black(); }));
  json["as_white"] = TallyJson(Tally([](const PlayedGame& g) { return !g.engine_is_black(); }));
  json["by_failure"] = {{"won", failed.won}, {"lost", failed.lost}};
  json["score"] = all.score();
  json["elo"] = OrNull(elo.elo);
  json["elo_low"] = OrNull(elo.low);
  json["elo_high"] = OrNull(elo.high);
  json["results"] = ordered_json::array();
  for (const auto& [number, game] : games_) json["results"].push_back(GameJson(game));
  return Dump(json, indent);
}

std::string MatchReport::Summary() const {
  const GameTally all = Tally();
  const GameTally black = Tally([](const PlayedGame& g) { return g.engine_is_black(); });
  const GameTally failed =
      Tally([](const PlayedGame& game) { return game.end == GameEnd::kFailure; });
  std::string summary = absl::StrFormat(
      "%s against %s: %d won, %d lost, %d drawn of %d (%.1f%%); as Black %d of %d, as White %d "
      "of %d\nElo difference with 95%% interval: %s\n",
      terms_["engine"].get<std::string>(), terms_["opponent"].get<std::string>(), all.won, all.lost,
      all.drawn, all.games(), 100 * all.score(), black.won, black.games(), all.won - black.won,
      all.games() - black.games(), FormatElo(EstimateElo(all)));
  if (failed.games() > 0) {
    absl::StrAppend(&summary, failed.won, " of those won and ", failed.lost,
                    " of those lost ended by a program's failure\n");
  }
  return summary;
}

}  // namespace moyo::play
