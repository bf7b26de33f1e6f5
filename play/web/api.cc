#include "play/web/api.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/status_macros.h"
#include "common/sgf/game_writer.h"
#include "play/handicap.h"
#include "play/json_fields.h"
#include "play/network_views.h"
#include "play/policy_player.h"
#include "play/web/api_status.h"
#include "play/web/game_json.h"
#include "play/web/position_json.h"
#include "play/web/sgf_upload.h"

namespace moyo::play {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using Answer = absl::StatusOr<ordered_json>;

// A name and a rank as /api/load gives them, in UTF-8.
constexpr size_t kMaxNameBytes = 8 * 1024;
constexpr double kMaxSeed = 9e15;  // whole numbers up to it are exact in JSON

absl::StatusOr<go::GameRecord> GameIn(const json& request) {
  const auto game = request.find("game");
  if (game == request.end()) return absl::InvalidArgumentError("game is missing");
  return GameOfJson(*game);
}

// The game of a request up to its `ply`, and the move that comes next.
struct Place {
  GameState state;
  std::optional<go::Move> next;
};

absl::StatusOr<Place> PlaceIn(const json& request) {
  MOYO_ASSIGN_OR_RETURN(const go::GameRecord game, GameIn(request));
  const auto moves = static_cast<double>(game.moves.size());
  MOYO_ASSIGN_OR_RETURN(const int ply, Integer(request, {"ply", 0, moves, moves}));
  MOYO_RETURN_IF_ERROR(CheckLegal(game, ply));
  Place place;
  MOYO_RETURN_IF_ERROR(place.state.Load(game, ply));
  if (static_cast<size_t>(ply) < game.moves.size()) place.next = game.moves[ply];
  return place;
}

Answer Describe(const Place& place, bool evaluate, evaluation::Evaluator& evaluator) {
  ordered_json json = PositionJson(place.state);
  if (!evaluate) return json;
  MOYO_ASSIGN_OR_RETURN(const evaluation::Evaluation evaluation,
                        EvaluatePosition(place.state, place.state.to_move(), evaluator));
  json["evaluation"] = EvaluationJson(place.state, evaluation, place.next);
  return json;
}

Answer AnswerNew(const std::string& body) {
  MOYO_ASSIGN_OR_RETURN(const json request, ParseRequest(body));
  MOYO_ASSIGN_OR_RETURN(const int stones, Integer(request, {"handicap", 0, kMaxFixedHandicap, 0}));
  MOYO_ASSIGN_OR_RETURN(const double komi, Number(request, {"komi", -kMaxKomi, kMaxKomi, 7.5}));
  GameState state;
  if (stones > 1) state.PlaceHandicap(FixedHandicapPoints(stones));
  state.set_komi_half_points(static_cast<int>(std::lround(2 * komi)));
  return JsonOfGame(state.record());
}

Answer AnswerPosition(const std::string& body, evaluation::Evaluator& evaluator) {
  MOYO_ASSIGN_OR_RETURN(const json request, ParseRequest(body));
  MOYO_ASSIGN_OR_RETURN(const bool evaluate, Flag(request, "evaluate", true));
  MOYO_ASSIGN_OR_RETURN(const Place place, PlaceIn(request));
  return Describe(place, evaluate, evaluator);
}

absl::StatusOr<PlayerOptions> PlayerIn(const json& request) {
  PlayerOptions options;
  MOYO_ASSIGN_OR_RETURN(options.temperature, Number(request, {"temperature", 0, 10, 0}));
  MOYO_ASSIGN_OR_RETURN(const bool resigns, Flag(request, "resigns", true));
  if (!resigns) options.resign_below = -1;
  const double drawn = std::random_device()();
  MOYO_ASSIGN_OR_RETURN(const double seed, Number(request, {"seed", 0, kMaxSeed, drawn}));
  options.seed = static_cast<uint64_t>(seed);
  return options;
}

Answer AnswerReply(const std::string& body, evaluation::Evaluator& evaluator) {
  MOYO_ASSIGN_OR_RETURN(const json request, ParseRequest(body));
  MOYO_ASSIGN_OR_RETURN(const PlayerOptions options, PlayerIn(request));
  MOYO_ASSIGN_OR_RETURN(const int lost_turns, Integer(request, {"lost_turns", 0, 1e6, 0}));
  MOYO_ASSIGN_OR_RETURN(const bool evaluate, Flag(request, "evaluate", true));
  MOYO_ASSIGN_OR_RETURN(Place place, PlaceIn(request));
  GameState& state = place.state;
  if (state.consecutive_passes() >= 2) {
    return absl::OutOfRangeError("both have passed: the game is over");
  }
  const go::Color color = state.to_move();
  PolicyPlayer player(evaluator, options);
  player.set_lost_turns(color, lost_turns);
  MOYO_ASSIGN_OR_RETURN(const Decision decision, player.Decide(state, color));
  ordered_json json = {{"move", nullptr}, {"lost_turns", player.lost_turns(color)}};
  if (decision.kind == Decision::Kind::kMove) {
    MOYO_RETURN_IF_ERROR(state.Play({decision.point, color}));
    json["move"] = ColorLetter(color) + PointText(decision.point);
  }
  MOYO_ASSIGN_OR_RETURN(json["position"], Describe({state, {}}, evaluate, evaluator));
  return json;
}

Answer AnswerReview(const std::string& body, evaluation::Evaluator& evaluator) {
  MOYO_ASSIGN_OR_RETURN(const json request, ParseRequest(body));
  MOYO_ASSIGN_OR_RETURN(const go::GameRecord game, GameIn(request));
  const auto moves = static_cast<double>(game.moves.size());
  MOYO_ASSIGN_OR_RETURN(const int from, Integer(request, {"from", 0, moves, 0}));
  MOYO_ASSIGN_OR_RETURN(const int count,
                        Integer(request, {"count", 1, kMaxReviewPlies, kMaxReviewPlies}));
  const int end = std::min(from + count, static_cast<int>(moves) + 1);
  MOYO_RETURN_IF_ERROR(CheckLegal(game, std::min<size_t>(end, game.moves.size())));
  std::vector<GameState> states;
  std::vector<features::BitPlanes> planes;
  for (int ply = from; ply < end; ++ply) {
    MOYO_RETURN_IF_ERROR(states.emplace_back().Load(game, ply));
    planes.push_back(states.back().Planes(states.back().to_move()));
  }
  MOYO_ASSIGN_OR_RETURN(std::vector<evaluation::Evaluation> evaluations,
                        evaluator.Evaluate(planes));
  if (evaluations.size() != planes.size()) return absl::InternalError("the network gave too few");
  ordered_json plies = ordered_json::array();
  for (size_t i = 0; i < states.size(); ++i) {
    DropNan(evaluations[i]);
    const size_t ply = from + i;
    const bool goes_on = ply < game.moves.size();
    plies.push_back(ReviewJson(states[i], evaluations[i],
                               goes_on ? std::optional(game.moves[ply]) : std::nullopt));
  }
  return ordered_json{{"from", from}, {"plies", std::move(plies)}};
}

absl::StatusOr<std::string> AnswerSave(const std::string& body) {
  MOYO_ASSIGN_OR_RETURN(const json request, ParseRequest(body));
  MOYO_ASSIGN_OR_RETURN(const go::GameRecord game, GameIn(request));
  sgf::SgfNames names;
  MOYO_ASSIGN_OR_RETURN(names.black, Text(request, "black", kMaxNameBytes));
  MOYO_ASSIGN_OR_RETURN(names.white, Text(request, "white", kMaxNameBytes));
  return sgf::WriteSgf(game, names);
}

}  // namespace

web::Response PlayApi::About() const {
  return {.body = DumpJson({{"network", options_.network_name},
                            {"version", options_.version},
                            {"board_size", features::kBoardSize},
                            {"max_moves", GameState::kMaxMoves},
                            {"max_handicap", kMaxFixedHandicap},
                            {"max_sgf_bytes", kMaxSgfBytes},
                            {"max_review_plies", kMaxReviewPlies}})};
}

web::Response PlayApi::Respond(const web::Request& request, const Answer& answer) {
  if (!answer.ok()) return Refuse(request, answer.status());
  return {.body = DumpJson(*answer)};
}

web::Response PlayApi::Refuse(const web::Request& request, const absl::Status& status) {
  web::Response response = RefusalOf(status);
  if (response.status == 500) {
    const std::lock_guard<std::mutex> lock(errors_mutex_);
    errors_ << "moyo-play: " << request.path << ": "
            << absl::StrReplaceAll(status.message(), {{"\n", " "}}) << "\n"
            << std::flush;
  }
  return response;
}

web::Response PlayApi::New(const web::Request& request) {
  return Respond(request, AnswerNew(request.body));
}

web::Response PlayApi::Position(const web::Request& request) {
  return Respond(request, AnswerPosition(request.body, evaluator_));
}

web::Response PlayApi::Reply(const web::Request& request) {
  return Respond(request, AnswerReply(request.body, evaluator_));
}

web::Response PlayApi::Review(const web::Request& request) {
  return Respond(request, AnswerReview(request.body, evaluator_));
}

web::Response PlayApi::Load(const web::Request& request) {
  const auto number = request.query.find("number");
  return Respond(request,
                 ReadUpload(request.body, number == request.query.end() ? "1" : number->second));
}

web::Response PlayApi::Save(const web::Request& request) {
  absl::StatusOr<std::string> text = AnswerSave(request.body);
  if (!text.ok()) return Refuse(request, text.status());
  return {.content_type = absl::StrCat(kSgfType, "; charset=utf-8"), .body = *std::move(text)};
}

void AddRoutes(PlayApi& api, web::HttpServer& server) {
  const web::PostLimits game{.max_body_bytes = kMaxGameRequestBytes};
  server.Get("/api/about", web::Guard::kGuarded,
             [&api](const web::Request&) { return api.About(); });
  using Method = web::Response (PlayApi::*)(const web::Request&);
  for (const auto& [path, method] : {std::pair<const char*, Method>{"/api/new", &PlayApi::New},
                                     {"/api/position", &PlayApi::Position},
                                     {"/api/reply", &PlayApi::Reply},
                                     {"/api/review", &PlayApi::Review},
                                     {"/api/save", &PlayApi::Save}}) {
    server.Post(path, game, [&api, method = method](const web::Request& request) {
      return (api.*method)(request);
    });
  }
  server.Post("/api/load", {.max_body_bytes = kMaxSgfBytes, .content_type = kSgfType},
              [&api](const web::Request& request) { return api.Load(request); });
}

}  // namespace moyo::play
