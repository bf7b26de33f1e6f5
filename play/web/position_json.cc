#include "play/web/position_json.h"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "common/go/vertex.h"
#include "play/network_views.h"
#include "play/policy_player.h"
#include "play/scoring.h"
#include "play/web/game_json.h"
#include "trainer/evaluation/metrics.h"

namespace moyo::play {
namespace {

using evaluation::ToSixDigits;
using nlohmann::ordered_json;

constexpr size_t kCandidates = 10;
constexpr double kPolicyScale = 10'000;

std::string Stones(const go::Board& board) {
  std::string stones;
  for (int y = 0; y < board.size(); ++y) {
    for (int x = 0; x < board.size(); ++x) {
      const go::Color color = board.At(x, y);
      stones += color == go::Color::kEmpty ? '.' : ColorLetter(color);
    }
  }
  return stones;
}

ordered_json PointOrNull(go::Point point) {
  return point.IsPass() ? ordered_json() : ordered_json(PointText(point));
}

double BlackWins(go::Color to_move, float value) {
  if (std::isnan(value)) return value;  // of a damaged network: null as JSON, not one half
  return ToSixDigits(WinRate(to_move == go::Color::kBlack ? value : -value));
}

ordered_json MoveJson(go::Point point, float probability) {
  return {{"point", PointText(point)},
          {"label", go::FormatVertex(point, features::kBoardSize)},
          {"probability", ToSixDigits(probability)}};
}

ordered_json NextJson(const GameState& state, const go::Move& next,
                      const evaluation::Evaluation& evaluation) {
  ordered_json json = MoveJson(next.point, evaluation.policy[features::PolicyIndex(next.point)]);
  json["color"] = std::string(1, ColorLetter(next.color));
  json["rank"] = RankOf(state, next, evaluation);
  return json;
}

}  // namespace

int RankOf(const GameState& state, go::Move move, const evaluation::Evaluation& evaluation) {
  const int played = features::PolicyIndex(move.point);
  int rank = 1;
  for (int index = 0; index < features::kPolicySize; ++index) {
    const float other = evaluation.policy[index], own = evaluation.policy[played];
    const bool before = other > own || (other == own && index < played);
    if (before && state.MayPlay({features::PolicyPoint(index), move.color})) ++rank;
  }
  return rank;
}

ordered_json PositionJson(const GameState& state) {
  const go::Board& board = state.board();
  const bool finished = state.consecutive_passes() >= 2;
  ordered_json json = {
      {"ply", state.moves().size()},
      {"stones", Stones(board)},
      {"to_move", std::string(1, ColorLetter(state.to_move()))},
      {"captures",
       {{"b", board.captures(go::Color::kBlack)}, {"w", board.captures(go::Color::kWhite)}}},
      {"ko", PointOrNull(board.KoPoint())},
      {"last", nullptr},
      {"finished", finished}};
  if (!state.moves().empty()) {
    const go::Move& last = state.moves().back();
    json["last"] = {{"color", std::string(1, ColorLetter(last.color))},
                    {"point", PointText(last.point)},
                    {"label", go::FormatVertex(last.point, features::kBoardSize)}};
  }
  if (finished) json["score"] = FormatScore(CountArea(board), state.komi_half_points());
  return json;
}

ordered_json EvaluationJson(const GameState& state, const evaluation::Evaluation& evaluation,
                            const std::optional<go::Move>& next) {
  ordered_json policy = ordered_json::array(), moves = ordered_json::array();
  for (const float probability : evaluation.policy) {
    policy.push_back(static_cast<int>(std::lround(kPolicyScale * probability)));
  }
  for (const Suggestion& move : TopMoves(state, state.to_move(), evaluation, kCandidates)) {
    moves.push_back(MoveJson(move.point, move.probability));
  }
  ordered_json json = {{"black_wins", BlackWins(state.to_move(), evaluation.value)},
                       {"moves", std::move(moves)},
                       {"policy", std::move(policy)}};
  if (next) json["next"] = NextJson(state, *next, evaluation);
  return json;
}

ordered_json ReviewJson(const GameState& state, const evaluation::Evaluation& evaluation,
                        const std::optional<go::Move>& next) {
  const std::vector<Suggestion> top = TopMoves(state, state.to_move(), evaluation, 1);
  ordered_json json = {{"black_wins", BlackWins(state.to_move(), evaluation.value)},
                       {"choice", top.empty() ? "" : PointText(top.front().point)}};
  if (next) json["next"] = NextJson(state, *next, evaluation);
  return json;
}

}  // namespace moyo::play
