// A run's trainer/curve.csv: a row a validation, a column a figure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace moyo::evaluation {

struct LearningCurve {
  std::vector<std::string> columns;  // names, "samples" among them; none for another file
  // One entry a column; nothing where a field is no number.
  std::vector<std::vector<std::optional<double>>> rows;

  std::optional<size_t> Column(std::string_view name) const;
};

// What was trained, in the order of its samples: without rows that a full disk cut, and without
// those that were trained anew after a kill, which are rows of as many samples or more before
// another.
LearningCurve ParseLearningCurve(std::string_view csv);

}  // namespace moyo::evaluation
