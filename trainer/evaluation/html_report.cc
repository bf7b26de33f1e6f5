#include "trainer/evaluation/html_report.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/text.h"
#include "common/go/vertex.h"
#include "trainer/evaluation/learning_curve.h"
#include "trainer/evaluation/svg.h"

namespace moyo::evaluation {
namespace {

constexpr char kStyle[] = R"(<style>
body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1f2328}
table{border-collapse:collapse;margin:.5rem 0}td,th{padding:.15rem .7rem;border-bottom:1px solid #d0d7de;text-align:right}
td:first-child,th:first-child{text-align:left}
.row{display:flex;flex-wrap:wrap;gap:1rem}figure{margin:0;flex:1 1 20rem;max-width:30rem}
svg{width:100%;height:auto;font-size:11px}svg text{fill:#57606a}
.grid{stroke:#d8dee4}.diagonal{stroke:#8c959f;stroke-dasharray:4}.line{fill:none;stroke-width:1.6}
.board{background:#eac27a}.cut{stroke:#5b4420;stroke-width:.7}.b{fill:#111}.w{fill:#fff;stroke:#333;stroke-width:.6}
.guess{fill:#fff8;stroke:none}.board text{fill:#0a3069;font-size:9px;font-weight:600}
.played{fill:none;stroke:#d1242f;stroke-width:2.2}
</style>)";

std::string Percent(double share) { return absl::StrFormat("%.2f%%", 100 * share); }

std::string MetricsRow(std::string_view name, const Metrics& metrics) {
  return absl::StrCat(
      "<tr><td>", Escaped(name), "</td><td>", WithCommas(metrics.positions), "</td><td>",
      Percent(metrics.top1), "</td><td>", Percent(metrics.top5), "</td><td>",
      absl::StrFormat("%.3f", metrics.nats), "</td><td>",
      metrics.value_accuracy ? Percent(*metrics.value_accuracy) : std::string("unknown"),
      "</td></tr>\n");
}

std::string Table(std::string_view heading, const std::vector<Breakdown::Part>& parts) {
  std::string html = absl::StrCat("<table><tr><th>", std::string(heading),
                                  "</th><th>positions</th><th>top-1</th><th>top-5</th><th>nats</th>"
                                  "<th>value accuracy</th></tr>\n");
  for (const Breakdown::Part& part : parts) html += MetricsRow(part.name, part.metrics);
  return html + "</table>\n";
}

std::string Figure(const std::string& svg, std::string_view caption) {
  if (svg.empty()) return "";
  return absl::StrCat("<figure>", svg, "<figcaption>", Escaped(caption),
                      "</figcaption></figure>\n");
}

std::string MoveChart(const std::vector<Breakdown::Part>& parts) {
  Series top1{.name = "top-1"}, top5{.name = "top-5"}, value{.name = "value accuracy"};
  ChartOptions options{.x_label = "move number", .y_label = "share"};
  for (const Breakdown::Part& part : parts) {
    const auto x = static_cast<double>(options.ticks.size());
    options.ticks.push_back(part.name);
    top1.points.emplace_back(x, part.metrics.top1);
    top5.points.emplace_back(x, part.metrics.top5);
    if (part.metrics.value_accuracy) value.points.emplace_back(x, *part.metrics.value_accuracy);
  }
  return LineChart({top1, top5, value}, options);
}

std::string CalibrationChart(const HtmlReportInput& input) {
  std::vector<Series> series;
  const auto add = [&series](const char* name, const Breakdown& breakdown) {
    Series& line = series.emplace_back(Series{.name = name});
    for (const Breakdown::Bin& bin : breakdown.calibration()) {
      line.points.emplace_back(bin.promised, bin.won);
    }
  };
  add("one look", input.plain);
  if (input.averaged != nullptr) add("mean of eight", *input.averaged);
  return LineChart(series, {.x_label = "wins promised", .y_label = "wins", .diagonal = true});
}

// Columns by name over the samples; a line without points where there is no such column.
std::vector<Series> CurveSeries(const LearningCurve& curve, const std::vector<std::string>& names) {
  std::vector<Series> series;
  for (const std::string& name : names) {
    Series& line = series.emplace_back(Series{.name = name});
    const std::optional<size_t> x = curve.Column("samples"), y = curve.Column(name);
    if (!x || !y) continue;
    for (const auto& row : curve.rows) {
      if (row[*y]) line.points.emplace_back(*row[*x], *row[*y]);
    }
  }
  return series;
}

std::string CurveSection(const std::string& csv) {
  const LearningCurve curve = ParseLearningCurve(csv);
  const std::string accuracy = LineChart(CurveSeries(curve, {"top1", "top5", "value_accuracy"}),
                                         {.x_label = "samples", .y_label = "share, validation"});
  const std::string nats = LineChart(CurveSeries(curve, {"nats", "policy_loss"}),
                                     {.x_label = "samples", .y_label = "nats"});
  const std::string value = LineChart(CurveSeries(curve, {"value_loss"}),
                                      {.x_label = "samples", .y_label = "squared error"});
  const std::string rate = LineChart(CurveSeries(curve, {"learning_rate"}),
                                     {.x_label = "samples", .y_label = "rate", .high = 0});
  if (accuracy.empty()) return "";
  return absl::StrCat("<h2>Training</h2>\n<div class=\"row\">", Figure(accuracy, "Validation"),
                      Figure(nats, "Validation, and the running mean of training"),
                      Figure(value, "Value loss, the running mean of training"),
                      Figure(rate, "Learning rate"), "</div>\n");
}

std::string FactsSection(const HtmlReportInput& input) {
  if (input.facts.empty()) return "";
  std::string html = "<h2>The run</h2>\n<table>\n";
  for (const auto& [name, value] : input.facts) {
    absl::StrAppend(&html, "<tr><td>", Escaped(name), "</td><td>", Escaped(value), "</td></tr>\n");
  }
  return html + "</table>\n";
}

std::string ExampleFigure(const ExampleBoard& example) {
  std::string guesses;
  for (const auto& [index, probability] : example.best) {
    absl::StrAppend(&guesses, guesses.empty() ? "" : ", ",
                    go::FormatVertex(features::PolicyPoint(index), features::kBoardSize), " ",
                    absl::StrFormat("%.0f%%", 100 * probability));
  }
  const bool black = example.planes.to_move == go::Color::kBlack;
  return Figure(
      BoardPicture(example),
      absl::StrCat(
          "Game ", example.game, ", move ", example.facts.ply + 1, ", ", black ? "Black" : "White",
          " played ",
          go::FormatVertex(features::PolicyPoint(example.facts.played_index), features::kBoardSize),
          "; the network: ", guesses, "; value ", absl::StrFormat("%+.2f", example.value)));
}

std::string ExampleSection(const char* heading, const std::vector<ExampleBoard>& examples) {
  if (examples.empty()) return "";
  std::string html = absl::StrCat("<h3>", heading, "</h3>\n<div class=\"row\">");
  for (const ExampleBoard& example : examples) html += ExampleFigure(example);
  return html + "</div>\n";
}

}  // namespace

std::string HtmlReport(const HtmlReportInput& input) {
  std::vector<Breakdown::Part> looks = {{"one look", input.plain.total()}};
  if (input.averaged != nullptr) looks.push_back({"mean of eight", input.averaged->total()});
  const auto error = input.plain.calibration_error();
  return absl::StrCat(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>",
      Escaped(input.title), "</title>\n", kStyle, "</head><body>\n<h1>", Escaped(input.title),
      "</h1>\n", Table("symmetries", looks),
      error ? absl::StrFormat("<p>Expected calibration error of the value: %.4f.</p>\n", *error)
            : "<p>No game has a known winner: the value cannot be judged.</p>\n",
      CurveSection(input.curve_csv), "<h2>By move</h2>\n<div class=\"row\">",
      Figure(MoveChart(input.plain.by_move()), "One look"),
      Figure(CalibrationChart(input), "Calibration of the value, side to move"), "</div>\n",
      Table("moves", input.plain.by_move()), "<h2>By phase</h2>\n",
      Table("phase", input.plain.by_phase()), "<h2>By rank of the side to move</h2>\n",
      Table("rank", input.plain.by_rank()),
      "<h2>Boards</h2>\n<p>Circled: the move played. Numbers: "
      "the network's five moves, in percent.</p>\n",
      ExampleSection("Surest, and right", input.examples.right()),
      ExampleSection("Surest, and wrong", input.examples.wrong()), FactsSection(input),
      "</body></html>\n");
}

}  // namespace moyo::evaluation
