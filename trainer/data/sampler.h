// Sample number -> position, by replay. Nothing is stored: the sample is a function of (seed,
// number).
#pragma once

#include <cstdint>
#include <vector>

#include "common/features/planes.h"
#include "common/go/board.h"
#include "trainer/data/dataset.h"
#include "trainer/data/permutation.h"

namespace moyo::trainer {

enum class Augment : uint8_t { kOff, kEightSymmetries };  // stored: do not renumber
// Whether samples say who has each point in the end, which takes a replay of the whole game.
enum class Ownership : uint8_t { kLeftOut, kGiven };

// Samples of one batch, in order. Shapes: n.
struct Batch {
  uint64_t epoch = 0;        // from 0
  uint64_t first_index = 0;  // of the whole batch, in the epoch
  size_t whole_size = 0;     // of the whole batch, of which these samples are this rank's
  std::vector<features::BitPlanes> planes;
  std::vector<int64_t> policy;      // features::PolicyIndex of the move played
  std::vector<float> value;         // 1 the side to move won, -1 lost, 0 draw
  std::vector<float> value_weight;  // 0 when the result is unknown
  // Under Ownership::kGiven, else empty; n x 361: 1 a point that the side to move has in the end by
  // area, -1 its opponent's, 0 nobody's. By index y * 19 + x.
  std::vector<float> ownership;
  // n; 0 where the last board does not say: its area is not what the record has as the result. So
  // it is with resignations, and where dead stones were left on the board.
  std::vector<float> ownership_weight;
  size_t size() const { return policy.size(); }
  void Clear();
};

// Not thread-safe (scratch space); one a thread.
class Sampler {
 public:
  // `dataset` must outlive the sampler.
  Sampler(const Dataset& dataset, const Positions& positions, uint64_t seed, Augment augment,
          Ownership ownership = Ownership::kLeftOut);

  // Samples first..first+count-1 of the endless sequence epoch 0, epoch 1, ...: sample s is the (s
  // mod N)-th of epoch s / N's permutation of all N positions.
  void Draw(uint64_t first, size_t count, Batch& batch);

  // Adds the position with that number; under augmentation `sample` decides its symmetry.
  void Append(uint64_t position, uint64_t sample, Batch& batch);

 private:
  // Of the game whose position before `ply` board_ has, for `color`.
  void AppendOwnership(uint32_t ply, go::Color color, int symmetry, Batch& batch);

  const Dataset& dataset_;
  const Positions& positions_;
  const uint64_t seed_;
  const Augment augment_;
  const Ownership ownership_;
  uint64_t epoch_ = UINT64_MAX;
  Permutation permutation_{0, 0, 1};
  go::GameRecord game_;
  go::Board board_;
  features::History history_;
};

}  // namespace moyo::trainer
