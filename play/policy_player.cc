#include "play/policy_player.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>

#include "common/go/area.h"
#include "play/network_views.h"

namespace moyo::play {
namespace {

bool OnBoard(const go::Board& board, int x, int y) {
  return x >= 0 && y >= 0 && x < board.size() && y < board.size();
}

constexpr std::array<std::array<int, 2>, 4> kSides = {{{0, -1}, {-1, 0}, {1, 0}, {0, 1}}};
constexpr std::array<std::array<int, 2>, 4> kCorners = {{{-1, -1}, {1, -1}, {-1, 1}, {1, 1}}};

// Whether the stones beside an eye are one chain: a flood fill from the first reaches the others.
bool NeighboursAreOneChain(const go::Board& board, go::Point eye, go::Color color) {
  std::bitset<go::kMaxBoardSize * go::kMaxBoardSize> reached;
  std::vector<go::Point> open;
  auto visit = [&](int x, int y) {
    if (!OnBoard(board, x, y) || board.At(x, y) != color) return;
    if (reached[y * board.size() + x]) return;
    reached[y * board.size() + x] = true;
    open.push_back({static_cast<uint8_t>(x), static_cast<uint8_t>(y)});
  };
  for (const auto& [dx, dy] : kSides) {
    if (open.empty()) visit(eye.x + dx, eye.y + dy);
  }
  while (!open.empty()) {
    const go::Point at = open.back();
    open.pop_back();
    for (const auto& [dx, dy] : kSides) visit(at.x + dx, at.y + dy);
  }
  return std::all_of(kSides.begin(), kSides.end(), [&](const auto& side) {
    const int x = eye.x + side[0], y = eye.y + side[1];
    return !OnBoard(board, x, y) || reached[y * board.size() + x];
  });
}

// The opponent has just passed, and as the board stands `color` has won by area.
bool PassWins(const GameState& state, go::Color color) {
  const std::vector<go::Move>& moves = state.moves();
  if (moves.size() < PolicyPlayer::kAcceptPassFromMove) return false;
  if (!moves.back().point.IsPass() || moves.back().color == color) return false;
  const int margin = MarginHalfPoints(CountArea(state.board()), state.komi_half_points());
  return color == go::Color::kBlack ? margin > 0 : margin < 0;
}

}  // namespace

bool IsOwnEye(const go::Board& board, go::Point point, go::Color color) {
  if (point.IsPass() || board.At(point.x, point.y) != go::Color::kEmpty) return false;
  for (const auto& [dx, dy] : kSides) {
    const int x = point.x + dx, y = point.y + dy;
    if (OnBoard(board, x, y) && board.At(x, y) != color) return false;
  }
  int enemies = 0;
  bool edge = false;
  for (const auto& [dx, dy] : kCorners) {
    const int x = point.x + dx, y = point.y + dy;
    if (!OnBoard(board, x, y)) {
      edge = true;
    } else if (board.At(x, y) == go::Opposite(color)) {
      ++enemies;
    }
  }
  return enemies <= (edge ? 0 : 1) || NeighboursAreOneChain(board, point, color);
}

std::vector<Suggestion> TopMoves(const GameState& state, go::Color color,
                                 const evaluation::Evaluation& evaluation, size_t count) {
  std::array<int, features::kPolicySize> order;
  for (int index = 0; index < features::kPolicySize; ++index) order[index] = index;
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return evaluation.policy[a] > evaluation.policy[b]; });
  std::vector<Suggestion> moves;
  for (int index : order) {
    if (moves.size() >= count) break;
    const go::Point point = features::PolicyPoint(index);
    if (state.MayPlay({point, color})) moves.push_back({point, evaluation.policy[index]});
  }
  return moves;
}

std::vector<Suggestion> PolicyPlayer::Playable(const GameState& state, go::Color color,
                                               const evaluation::Evaluation& evaluation) const {
  if (state.moves().size() >= kPassFromMove) return {};
  std::vector<Suggestion> moves = TopMoves(state, color, evaluation, features::kPolicySize);
  std::erase_if(moves,
                [&](const Suggestion& move) { return IsOwnEye(state.board(), move.point, color); });
  return moves;
}

Suggestion PolicyPlayer::Draw(const std::vector<Suggestion>& moves) {
  if (options_.temperature <= 0) return moves.front();
  std::vector<double> weights;
  // Relative to the best one, so that a low temperature does not round every weight to zero.
  const double best = std::max(moves.front().probability, 1e-30f);
  for (const Suggestion& move : moves) {
    weights.push_back(std::pow(move.probability / best, 1.0 / options_.temperature));
  }
  if (!(moves.front().probability > 0)) return moves.front();
  std::discrete_distribution<size_t> distribution(weights.begin(), weights.end());
  return moves[distribution(random_)];
}

bool PolicyPlayer::Resigns(const GameState& state, go::Color color, float value) {
  int& lost = lost_turns_[static_cast<int>(color)];
  lost = value < options_.resign_below ? lost + 1 : 0;
  return state.moves().size() >= options_.resign_from_move && lost >= options_.resign_after;
}

absl::StatusOr<Decision> PolicyPlayer::Best(const GameState& state, go::Color color) {
  absl::StatusOr<evaluation::Evaluation> evaluation = EvaluatePosition(state, color, evaluator_);
  if (!evaluation.ok()) return evaluation.status();
  const std::vector<Suggestion> moves = Playable(state, color, *evaluation);
  Decision decision{.point = go::kPass, .value = evaluation->value};
  if (!moves.empty()) {
    decision.point = moves.front().point;
    decision.probability = moves.front().probability;
  }
  return decision;
}

absl::StatusOr<Decision> PolicyPlayer::Cleanup(const GameState& state, go::Color color) {
  absl::StatusOr<evaluation::Evaluation> evaluation = EvaluatePosition(state, color, evaluator_);
  if (!evaluation.ok()) return evaluation.status();
  Decision decision{.point = go::kPass, .value = evaluation->value};
  for (const Suggestion& move : Playable(state, color, *evaluation)) {
    if (move.point.IsPass()) continue;
    decision.point = move.point;
    decision.probability = move.probability;
    break;
  }
  return decision;
}

absl::StatusOr<Decision> PolicyPlayer::Decide(const GameState& state, go::Color color) {
  absl::StatusOr<evaluation::Evaluation> evaluation = EvaluatePosition(state, color, evaluator_);
  if (!evaluation.ok()) return evaluation.status();
  Decision decision{.point = go::kPass, .value = evaluation->value};
  if (Resigns(state, color, evaluation->value)) {
    decision.kind = Decision::Kind::kResign;
    return decision;
  }
  if (PassWins(state, color)) return decision;
  const std::vector<Suggestion> moves = Playable(state, color, *evaluation);
  if (moves.empty()) return decision;
  const Suggestion chosen = Draw(moves);
  decision.point = chosen.point;
  decision.probability = chosen.probability;
  return decision;
}

}  // namespace moyo::play
