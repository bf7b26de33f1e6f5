// Small pictures for a page: line charts and boards, as SVG text.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trainer/evaluation/example_boards.h"

namespace moyo::evaluation {

// The five characters that HTML must not take literally.
std::string Escaped(std::string_view text);

struct Series {
  std::string name = {};
  std::vector<std::pair<double, double>> points = {};  // x ascending
};
struct ChartOptions {
  std::string x_label, y_label;
  double low = 0, high = 1;             // of y
  bool diagonal = false;                // y = x as a thin line, over 0 to 1
  std::vector<std::string> ticks = {};  // at x = 0, 1, ..; empty: numbers
};
// Empty without a point.
std::string LineChart(const std::vector<Series>& series, const ChartOptions& options);

// The board, the move played (circle) and the network's five (percent).
std::string BoardPicture(const ExampleBoard& example);

}  // namespace moyo::evaluation
