#include "trainer/data/sampler.h"

#include <cstdlib>

#include "common/go/area.h"
#include "common/go/replay.h"
#include "common/go/symmetry.h"

namespace moyo::trainer {

namespace {

// Whether the record has a result that an area can be.
bool IsByCount(const go::GameInfo& info) {
  return info.winner == go::Winner::kDraw ||
         (info.winner != go::Winner::kUnknown && info.margin_half_points != 0);
}

// Whether the area at the end is that result, and so says who has each point.
bool IsResult(const go::AreaCount& area, const go::GameInfo& info) {
  const int margin = go::MarginHalfPoints(area, info.komi_half_points);
  return info.winner == go::WinnerBy(margin) && info.margin_half_points == std::abs(margin);
}

}  // namespace

Sampler::Sampler(const Dataset& dataset, const Positions& positions, uint64_t seed, Augment augment,
                 Ownership ownership)
    : dataset_(dataset),
      positions_(positions),
      seed_(seed),
      augment_(augment),
      ownership_(ownership) {}

void Batch::Clear() {
  planes.clear();
  policy.clear();
  value.clear();
  value_weight.clear();
  ownership.clear();
  ownership_weight.clear();
}

void Sampler::Draw(uint64_t first, size_t count, Batch& batch) {
  batch.Clear();
  batch.epoch = first / positions_.size();
  batch.first_index = first % positions_.size();
  batch.whole_size = count;
  for (uint64_t sample = first; sample < first + count; ++sample) {
    const uint64_t epoch = sample / positions_.size();
    if (epoch != epoch_) {
      epoch_ = epoch;
      permutation_ = Permutation(seed_, epoch, positions_.size());
    }
    Append(permutation_(sample % positions_.size()), sample, batch);
  }
}

void Sampler::Append(uint64_t position, uint64_t sample, Batch& batch) {
  const Positions::Place place = positions_.Find(position);
  const int symmetry =
      augment_ == Augment::kOff ? 0 : static_cast<int>(Mix(Mix(seed_) ^ sample) % go::kSymmetries);
  const auto image = [&](go::Point point) {
    return go::Transform(point, symmetry, features::kBoardSize);
  };

  dataset_.Read(*place.game, game_);
  board_.Reset(features::kBoardSize, go::SuicideOf(game_.info.ruleset));
  for (const go::Setup& setup : game_.setup) board_.PlaceSetup({image(setup.point), setup.color});
  history_.Clear();
  // Only the last eight positions are seen, so only they are remembered.
  for (uint32_t ply = 0; ply < place.ply; ++ply) {
    if (ply + features::kHistory > place.ply) history_.Push(board_);
    board_.Play({image(game_.moves[ply].point), game_.moves[ply].color});
  }
  history_.Push(board_);
  const go::Move& move = game_.moves[place.ply];
  history_.Fill(move.color, batch.planes.emplace_back());
  batch.policy.push_back(features::PolicyIndex(image(move.point)));
  const go::Winner winner = game_.info.winner;
  const bool won = (winner == go::Winner::kBlack) == (move.color == go::Color::kBlack);
  batch.value.push_back(winner == go::Winner::kDraw || winner == go::Winner::kUnknown ? 0.0f
                        : won                                                         ? 1.0f
                                                                                      : -1.0f);
  batch.value_weight.push_back(winner == go::Winner::kUnknown ? 0.0f : 1.0f);
  if (ownership_ == Ownership::kGiven) AppendOwnership(place.ply, move.color, symmetry, batch);
}

void Sampler::AppendOwnership(uint32_t ply, go::Color color, int symmetry, Batch& batch) {
  if (!IsByCount(game_.info)) {  // spares the rest of the game
    batch.ownership.resize(batch.ownership.size() + features::kPointCount);
    batch.ownership_weight.push_back(0.0f);
    return;
  }
  for (; ply < game_.moves.size(); ++ply) {
    board_.Play({go::Transform(game_.moves[ply].point, symmetry, features::kBoardSize),
                 game_.moves[ply].color});
  }
  const std::vector<go::Color> owners = go::AreaOwners(board_);
  for (const go::Color owner : owners) {
    batch.ownership.push_back(owner == go::Color::kEmpty ? 0.0f : owner == color ? 1.0f : -1.0f);
  }
  batch.ownership_weight.push_back(IsResult(go::CountArea(owners), game_.info) ? 1.0f : 0.0f);
}

}  // namespace moyo::trainer
