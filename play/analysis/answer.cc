#include "play/analysis/answer.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "common/base/status_macros.h"
#include "common/go/vertex.h"
#include "play/game_state.h"
#include "play/json_fields.h"
#include "play/network_views.h"
#include "play/policy_player.h"
#include "trainer/evaluation/metrics.h"

namespace moyo::play {
namespace {

using evaluation::ToSixDigits;
using nlohmann::ordered_json;

// The side whose wins the answer counts.
go::Color CountedSide(Perspective perspective, go::Color to_move) {
  switch (perspective) {
    case Perspective::kBlack:
      return go::Color::kBlack;
    case Perspective::kWhite:
      return go::Color::kWhite;
    case Perspective::kSideToMove:
      break;
  }
  return to_move;
}

// The fields that say who is ahead; a look without search is sure of itself, so bounds are the
// values, and nothing is known of the score's spread.
void AddOutlook(double win_rate, ordered_json& json) {
  const double points = ToSixDigits(PointsOfWinRate(win_rate));
  const double utility = ToSixDigits(2 * win_rate - 1);
  json["winrate"] = ToSixDigits(win_rate);
  json["lcb"] = ToSixDigits(win_rate);
  json["utility"] = utility;
  json["utilityLcb"] = utility;
  json["scoreLead"] = points;
  json["scoreMean"] = points;
  json["scoreSelfplay"] = points;
  json["scoreStdev"] = 0;
}

ordered_json PolicyJson(const GameState& state, const evaluation::Evaluation& root) {
  ordered_json policy = ordered_json::array();
  for (int index = 0; index < features::kPolicySize; ++index) {
    const bool may = state.MayPlay({features::PolicyPoint(index), state.to_move()});
    policy.push_back(may ? ToSixDigits(root.policy[index]) : -1);
  }
  return policy;
}

std::vector<Suggestion> MovesToView(const AnalysisQuery& query, const GameState& state,
                                    const evaluation::Evaluation& root) {
  const auto& left_out = query.left_out[static_cast<int>(state.to_move())];
  std::vector<Suggestion> moves = TopMoves(state, state.to_move(), root, features::kPolicySize);
  std::erase_if(moves, [&](const Suggestion& move) {
    return left_out.test(features::PolicyIndex(move.point));
  });
  moves.resize(std::min(moves.size(), kAnalysedMoves));
  return moves;
}

}  // namespace

double PointsOfWinRate(double win_rate) {
  const double bounded = std::clamp(win_rate, 0.01, 0.99);
  return kPointsPerLogit * std::log(bounded / (1 - bounded));
}

absl::StatusOr<ordered_json> AnswerTurn(const AnalysisQuery& query, size_t turn,
                                        evaluation::Evaluator& evaluator) {
  GameState state;
  MOYO_RETURN_IF_ERROR(state.Load(query.game, turn));
  if (turn == 0 && query.first_to_move) state.set_to_move(*query.first_to_move);
  const go::Color to_move = state.to_move();
  MOYO_ASSIGN_OR_RETURN(const evaluation::Evaluation root,
                        EvaluatePosition(state, to_move, evaluator));
  const std::vector<Suggestion> moves = MovesToView(query, state, root);
  MOYO_ASSIGN_OR_RETURN(const std::vector<double> win_rates,
                        WinRatesAfter(state, to_move, moves, evaluator));
  const bool own = CountedSide(query.perspective, to_move) == to_move;
  const auto counted = [own](double win_rate) { return own ? win_rate : 1 - win_rate; };

  ordered_json infos = ordered_json::array();
  for (size_t i = 0; i < moves.size(); ++i) {
    const std::string vertex = go::FormatVertex(moves[i].point, features::kBoardSize);
    ordered_json info = {{"move", vertex},
                         {"order", i},
                         {"visits", Visits(moves[i])},
                         {"prior", ToSixDigits(moves[i].probability)}};
    AddOutlook(counted(win_rates[i]), info);
    info["pv"] = ordered_json::array({vertex});
    infos.push_back(std::move(info));
  }
  ordered_json root_info = {{"currentPlayer", to_move == go::Color::kBlack ? "B" : "W"},
                            {"visits", kRootVisits}};
  AddOutlook(counted(WinRate(root.value)), root_info);
  ordered_json answer = {{"id", query.id},
                         {"turnNumber", turn},
                         {"isDuringSearch", false},
                         {"rootInfo", std::move(root_info)},
                         {"moveInfos", std::move(infos)}};
  if (query.include_policy) answer["policy"] = PolicyJson(state, root);
  return answer;
}

ordered_json AnswerWithoutResults(const AnalysisQuery& query, size_t turn) {
  return {{"id", query.id}, {"turnNumber", turn}, {"isDuringSearch", false}, {"noResults", true}};
}

ordered_json AnswerError(const std::string& id, const absl::Status& status) {
  ordered_json answer = {{"error", std::string(status.message())}};
  if (const std::string field = FieldOf(status); !field.empty()) answer["field"] = field;
  if (!id.empty()) answer["id"] = id;
  return answer;
}

}  // namespace moyo::play
