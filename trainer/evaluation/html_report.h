// An evaluation as one HTML page that needs nothing else: tables, curves and boards as SVG.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "trainer/evaluation/breakdown.h"
#include "trainer/evaluation/example_boards.h"

namespace moyo::evaluation {

struct HtmlReportInput {
  std::string title;      // what was evaluated, on what
  std::string curve_csv;  // content of a run's trainer/curve.csv; empty: no learning curves
  std::vector<std::pair<std::string, std::string>> facts = {};  // of the run: names, values
  const Breakdown& plain;                                       // one look at each position
  const Breakdown* averaged = nullptr;  // the mean of eight; null: not asked for
  const ExampleBoards& examples;
};

// Texts are escaped. A curve of another program's format is left out.
std::string HtmlReport(const HtmlReportInput& input);

}  // namespace moyo::evaluation
