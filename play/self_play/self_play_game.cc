#include "play/self_play/self_play_game.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <utility>

#include "common/go/area.h"
#include "common/go/neighbours.h"
#include "play/network_views.h"
#include "play/policy_player.h"

namespace moyo::play {
namespace {

// An empty point in a region that reaches stones of `color` alone, none of them, beside the point,
// in atari.
bool IsOwnTerritory(const go::Board& board, go::Point point, go::Color color) {
  if (OwnerOfRegion(board, point) != color) return false;
  bool in_atari = false;
  go::ForNeighbours(board, point.x, point.y, [&](int x, int y) {
    in_atari |= board.At(x, y) == color && board.ChainLiberties(x, y) == 1;
  });
  return !in_atari;
}

bool GivesUpStones(const go::Board& board, go::Move move) {
  go::Board next = board;
  next.Play(move);
  return next.captures(move.color) == board.captures(move.color) &&
         next.ChainLiberties(move.point.x, move.point.y) == 1 &&
         next.ChainStones(move.point.x, move.point.y) > kLargestNakade;
}

// By seed and number each, so that the games of one seed are not those of the next, moved on by
// one.
std::mt19937_64 Generator(uint64_t seed, uint64_t number) {
  std::seed_seq words{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32),
                      static_cast<uint32_t>(number), static_cast<uint32_t>(number >> 32)};
  return std::mt19937_64(words);
}

}  // namespace

bool WorthPlaying(const GameState& state, go::Move move, float probability) {
  const go::Board& board = state.board();
  return state.MayPlay(move) && !IsOwnEye(board, move.point, move.color) &&
         (probability >= kDefence || !IsOwnTerritory(board, move.point, move.color)) &&
         !GivesUpStones(board, move);
}

SelfPlayGame::SelfPlayGame(const SelfPlayRules& rules, uint64_t seed, uint64_t number)
    : rules_(rules), random_(Generator(seed, number)) {
  state_.set_komi_half_points(rules.komi_half_points);
}

absl::Status SelfPlayGame::Play(const evaluation::Evaluation& evaluation) {
  return state_.Play({Draw(evaluation), state_.to_move()});
}

go::Point SelfPlayGame::Draw(evaluation::Evaluation evaluation) {
  DropNan(evaluation);
  const bool opening = state_.moves().size() < rules_.opening_moves;
  const double temperature = opening ? 1.0 : rules_.temperature;
  std::exponential_distribution<double> exponential;
  std::array<std::pair<double, int>, features::kPointCount> order;
  for (int index = 0; index < features::kPointCount; ++index) {
    const double probability = evaluation.policy[index];
    // By falling sums of the log probability and a Gumbel variable, points come as if drawn one by
    // one without being put back (Kool et al. 2019, "Stochastic beams and where to find them").
    double key = probability;
    if (temperature > 0) {
      key = probability > 0 ? std::log(probability) / temperature - std::log(exponential(random_))
                            : -std::numeric_limits<double>::infinity();
    }
    order[index] = {key, index};
  }
  std::sort(order.begin(), order.end(), std::greater<>());
  for (const auto& [key, index] : order) {
    const go::Point point = features::PolicyPoint(index);
    if (WorthPlaying(state_, {point, state_.to_move()}, evaluation.policy[index])) return point;
  }
  return go::kPass;
}

go::GameRecord SelfPlayGame::Record() const {
  go::GameRecord record = state_.record();
  record.info.ruleset = go::Ruleset::kChinese;  // area, no suicide
  if (state_.consecutive_passes() < 2) return record;
  const int margin = MarginHalfPoints(CountArea(state_.board()), rules_.komi_half_points);
  record.info.winner = go::WinnerBy(margin);
  record.info.margin_half_points = static_cast<int16_t>(std::abs(margin));
  return record;
}

}  // namespace moyo::play
