// `moyo-play eval`: how well a network foretells the moves and winners of games.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "trainer/evaluation/evaluator.h"
#include "trainer/evaluation/game_evaluation.h"

namespace moyo::play {

using evaluation::EvaluationOptions;
using evaluation::GameEvaluation;
using evaluation::Metrics;

struct EvalOptions {
  std::vector<std::string> games = {};  // files, folders, archives
  uint64_t limit = 0;                   // games to evaluate; 0 for all
  EvaluationOptions evaluation = {};
  bool json = false;
  std::string report = {};  // HTML file to write; empty: none
  std::string curve = {};   // a run's trainer/curve.csv, for the report
  std::string title = {};   // of the report
};

// The figures go to `out`, progress to `progress` (rewritten in place where `live`), with a line
// that counts the files and games that could not be read. NOT_FOUND when a path is missing or no
// 19x19 game is found. The curve's file is read before the network is asked; the report's is
// written after the figures, which an error of it leaves.
struct ProgressStream {
  std::ostream& out;
  bool live = false;  // a terminal
};
absl::Status RunEval(const EvalOptions& options, evaluation::Evaluator& evaluator,
                     std::ostream& out, ProgressStream progress);

}  // namespace moyo::play
