// The figures of an evaluation, in all and by parts of the positions.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "trainer/evaluation/evaluator.h"
#include "trainer/evaluation/metrics.h"

namespace moyo::evaluation {

// What a game tells of a position.
struct PositionFacts {
  int played_index = 0;          // features::PolicyIndex of the move
  std::optional<bool> won = {};  // whether the side to move won the game; nothing: not known
  uint32_t ply = 0;              // moves before it
  int8_t rank = 0;               // of the side to move, as in go::GameInfo; 0 not known
};

class Breakdown {
 public:
  struct Part {
    std::string name;
    Metrics metrics;
  };
  // Positions whose value promises about the same.
  struct Bin {
    uint64_t positions = 0;
    double promised = 0;  // mean of (value + 1) / 2: the share of wins that the network expects
    double won = 0;       // the share that was won
  };

  void Add(const PositionFacts& facts, const Evaluation& evaluation);

  Metrics total() const { return total_.Result(); }
  std::vector<Part> by_move() const;  // moves "1-20", "21-40", .. "281-"
  std::vector<Part> by_phase()
      const;  // "opening" (moves 1 to 50), "middle game" (to 150), "endgame"
  std::vector<Part> by_rank() const;     // "5k", "1d", "9p"; the weakest first, then "unknown"
  std::vector<Bin> calibration() const;  // tenths of the promise, the empty ones left out
  // Mean distance of promise and outcome over the bins, weighted by positions: the expected
  // calibration error (Naeini, Cooper, Hauskrecht 2015). Nothing without known winners.
  std::optional<double> calibration_error() const;

 private:
  static constexpr uint32_t kBandMoves = 20;
  static constexpr size_t kBands = 15;
  static constexpr size_t kPhases = 3;
  static constexpr size_t kBins = 10;
  struct BinSum {
    uint64_t positions = 0, won = 0;
    double promised = 0;
  };

  MetricsSum total_;
  std::array<MetricsSum, kBands> bands_;
  std::array<MetricsSum, kPhases> phases_;
  std::map<int, MetricsSum> ranks_;
  std::array<BinSum, kBins> bins_;
};

// "5k", "1d", "9p", "unknown".
std::string RankName(int rank);

// An object: the five names of MetricsJson, then "calibration_error", "calibration"
// [{positions, promised, won}], "by_move", "by_phase", "by_rank" [{name, and the five}].
nlohmann::ordered_json BreakdownJson(const Breakdown& breakdown);

}  // namespace moyo::evaluation
