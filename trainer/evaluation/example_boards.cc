#include "trainer/evaluation/example_boards.h"

#include <algorithm>
#include <numeric>

namespace moyo::evaluation {
namespace {

std::array<std::pair<int, float>, 5> BestFive(const Evaluation& evaluation) {
  std::array<int, features::kPolicySize> order;
  std::iota(order.begin(), order.end(), 0);
  std::array<std::pair<int, float>, 5> best;
  std::partial_sort(order.begin(), order.begin() + best.size(), order.end(),
                    [&](int a, int b) { return evaluation.policy[a] > evaluation.policy[b]; });
  for (size_t i = 0; i < best.size(); ++i) best[i] = {order[i], evaluation.policy[order[i]]};
  return best;
}

}  // namespace

void ExampleBoards::Add(const features::BitPlanes& planes, const PositionFacts& facts,
                        uint64_t game, const Evaluation& evaluation) {
  const auto& policy = evaluation.policy;
  const auto first = std::max_element(policy.begin(), policy.end()) - policy.begin();
  std::vector<ExampleBoard>& kept = first == facts.played_index ? right_ : wrong_;
  const auto surer = [](const ExampleBoard& a, const ExampleBoard& b) {
    return a.best[0].second > b.best[0].second;
  };
  const auto same_game = std::find_if(
      kept.begin(), kept.end(), [game](const ExampleBoard& board) { return board.game == game; });
  const auto beats = [&](const ExampleBoard& board) {
    return policy[first] > board.best[0].second;
  };
  if (same_game != kept.end()) {
    if (!beats(*same_game)) return;
    kept.erase(same_game);
  } else if (kept.size() == kKept) {
    if (!beats(kept.back())) return;
    kept.pop_back();
  }
  ExampleBoard board{.planes = planes,
                     .facts = facts,
                     .game = game,
                     .best = BestFive(evaluation),
                     .value = evaluation.value};
  kept.insert(std::upper_bound(kept.begin(), kept.end(), board, surer), std::move(board));
}

}  // namespace moyo::evaluation
