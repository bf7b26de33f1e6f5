// The positions of an evaluation that are worth a look: where the network was surest.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "trainer/evaluation/breakdown.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::evaluation {

struct ExampleBoard {
  features::BitPlanes planes;
  PositionFacts facts;
  uint64_t game = 0;                               // from 1, as they were read
  std::array<std::pair<int, float>, 5> best = {};  // policy index, probability
  float value = 0;
};

// Keeps the surest right and the surest wrong predictions, at most one of each a game.
class ExampleBoards {
 public:
  static constexpr size_t kKept = 3;  // of each kind
  void Add(const features::BitPlanes& planes, const PositionFacts& facts, uint64_t game,
           const Evaluation& evaluation);
  const std::vector<ExampleBoard>& right() const { return right_; }  // the surest first
  const std::vector<ExampleBoard>& wrong() const { return wrong_; }

 private:
  std::vector<ExampleBoard> right_, wrong_;
};

}  // namespace moyo::evaluation
