#include "trainer/evaluation/learning_curve.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace moyo::evaluation {

std::optional<size_t> LearningCurve::Column(std::string_view name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found == columns.end()) return std::nullopt;
  return static_cast<size_t>(found - columns.begin());
}

LearningCurve ParseLearningCurve(std::string_view csv) {
  const std::vector<std::string> lines =
      absl::StrSplit(absl::string_view(csv.data(), csv.size()), '\n', absl::SkipEmpty());
  if (lines.empty()) return {};
  LearningCurve curve{.columns = absl::StrSplit(lines[0], ','), .rows = {}};
  const std::optional<size_t> samples = curve.Column("samples");
  if (!samples) return {};
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> fields = absl::StrSplit(lines[i], ',');
    if (fields.size() != curve.columns.size()) continue;
    std::vector<std::optional<double>> row;
    for (const std::string& field : fields) {
      double number = 0;
      row.push_back(absl::SimpleAtod(field, &number) ? std::optional<double>(number)
                                                     : std::nullopt);
    }
    if (!row[*samples]) continue;
    while (!curve.rows.empty() && *curve.rows.back()[*samples] >= *row[*samples]) {
      curve.rows.pop_back();
    }
    curve.rows.push_back(std::move(row));
  }
  return curve;
}

}  // namespace moyo::evaluation
