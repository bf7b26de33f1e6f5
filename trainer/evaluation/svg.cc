#include "trainer/evaluation/svg.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace moyo::evaluation {
namespace {

constexpr double kWidth = 460, kHeight = 260;
constexpr double kLeft = 52, kRight = 12, kTop = 14, kBottom = 42;
constexpr const char* kColors[] = {"#1f6feb", "#d1242f", "#2da44e", "#8250df"};

constexpr int kCell = 18, kMargin = 14;
constexpr int kStars[] = {3, 9, 15};

// Places of a chart.
struct Frame {
  double x_low = 0, x_high = 1, y_low = 0, y_high = 1;
  double X(double x) const {
    return kLeft + (x - x_low) / std::max(1e-12, x_high - x_low) * (kWidth - kLeft - kRight);
  }
  double Y(double y) const {
    return kHeight - kBottom -
           (y - y_low) / std::max(1e-12, y_high - y_low) * (kHeight - kTop - kBottom);
  }
};

void AppendText(std::string& svg, double x, double y, const char* anchor, std::string_view text) {
  absl::StrAppendFormat(&svg, R"(<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>)", x, y, anchor,
                        Escaped(text));
}

void AppendGrid(std::string& svg, const Frame& frame, const ChartOptions& options) {
  constexpr int kLines = 5;
  for (int i = 0; i <= kLines; ++i) {
    const double value = frame.y_low + (frame.y_high - frame.y_low) * i / kLines;
    absl::StrAppendFormat(&svg, R"(<path class="grid" d="M%.1f %.1fH%.1f"/>)", kLeft,
                          frame.Y(value), kWidth - kRight);
    AppendText(svg, kLeft - 5, frame.Y(value) + 4, "end", absl::StrFormat("%.3g", value));
  }
  if (options.ticks.empty()) {
    const int last = frame.x_high > frame.x_low ? kLines : 0;  // a single point has one label
    for (int i = 0; i <= last; ++i) {
      const double value = frame.x_low + (frame.x_high - frame.x_low) * i / kLines;
      AppendText(svg, frame.X(value), kHeight - kBottom + 15, "middle",
                 absl::StrFormat("%.3g", value));
    }
  } else {  // as many as there is room for
    const size_t step = (options.ticks.size() + 7) / 8;
    for (size_t i = 0; i < options.ticks.size(); i += step) {
      AppendText(svg, frame.X(static_cast<double>(i)), kHeight - kBottom + 15, "middle",
                 options.ticks[i]);
    }
  }
  AppendText(svg, (kLeft + kWidth - kRight) / 2, kHeight - 6, "middle", options.x_label);
  AppendText(svg, kLeft, kTop - 4, "start", options.y_label);
}

void AppendStones(std::string& svg, const ExampleBoard& example) {
  const bool black_moves = example.planes.to_move == go::Color::kBlack;
  for (int index = 0; index < features::kPointCount; ++index) {
    for (const int side : {0, features::kHistory}) {  // own stones, the opponent's
      const auto& plane = example.planes.history[side];
      if ((plane[index / 64] >> (index % 64) & 1) == 0) continue;
      const bool black = (side == 0) == black_moves;
      absl::StrAppendFormat(&svg, R"(<circle class="%s" cx="%d" cy="%d" r="8"/>)",
                            black ? "b" : "w", kMargin + index % features::kBoardSize * kCell,
                            kMargin + index / features::kBoardSize * kCell);
    }
  }
}

}  // namespace

std::string Escaped(std::string_view text) {
  return absl::StrReplaceAll(
      absl::string_view(text.data(), text.size()),
      {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string LineChart(const std::vector<Series>& series, const ChartOptions& options) {
  Frame frame{.x_low = INFINITY, .x_high = -INFINITY, .y_low = options.low, .y_high = options.high};
  for (const Series& line : series) {
    for (const auto& [x, y] : line.points) {
      frame.x_low = std::min(frame.x_low, x);
      frame.x_high = std::max(frame.x_high, x);
      frame.y_high = std::max(frame.y_high, y);
    }
  }
  if (frame.x_low > frame.x_high) return "";
  if (options.diagonal) frame.x_low = 0, frame.x_high = 1;
  std::string svg = absl::StrFormat(R"(<svg viewBox="0 0 %.0f %.0f" role="img">)", kWidth, kHeight);
  AppendGrid(svg, frame, options);
  if (options.diagonal) {
    absl::StrAppendFormat(&svg, R"(<path class="diagonal" d="M%.1f %.1fL%.1f %.1f"/>)", frame.X(0),
                          frame.Y(0), frame.X(1), frame.Y(1));
  }
  for (size_t i = 0; i < series.size(); ++i) {
    const char* color = kColors[i % std::size(kColors)];
    std::string path;
    for (const auto& [x, y] : series[i].points) {
      absl::StrAppendFormat(&path, "%s%.1f %.1f", path.empty() ? "M" : "L", frame.X(x), frame.Y(y));
      absl::StrAppendFormat(&svg, R"(<circle cx="%.1f" cy="%.1f" r="2" fill="%s"/>)", frame.X(x),
                            frame.Y(y), color);
    }
    absl::StrAppendFormat(&svg, R"(<path class="line" stroke="%s" d="%s"/>)", color, path);
    // A style, as the page's rule for texts would win over an attribute.
    absl::StrAppendFormat(
        &svg, R"(<text x="%.1f" y="%.1f" style="fill:%s" text-anchor="end">%s</text>)",
        kWidth - kRight - 4, kTop + 14 * (i + 1.0), color, Escaped(series[i].name));
  }
  return svg + "</svg>";
}

std::string BoardPicture(const ExampleBoard& example) {
  constexpr int kLast = kMargin + (features::kBoardSize - 1) * kCell;
  std::string svg = absl::StrFormat(R"(<svg class="board" viewBox="0 0 %d %d" role="img">)",
                                    kLast + kMargin, kLast + kMargin);
  for (int i = 0; i < features::kBoardSize; ++i) {
    const int at = kMargin + i * kCell;
    absl::StrAppendFormat(&svg, R"(<path class="cut" d="M%d %dH%dM%d %dV%d"/>)", kMargin, at, kLast,
                          at, kMargin, kLast);
  }
  for (const int x : kStars) {
    for (const int y : kStars) {
      absl::StrAppendFormat(&svg, R"(<circle cx="%d" cy="%d" r="2"/>)", kMargin + x * kCell,
                            kMargin + y * kCell);
    }
  }
  AppendStones(svg, example);
  for (const auto& [index, probability] : example.best) {
    if (index >= features::kPointCount || probability < 0.005) continue;
    const int x = kMargin + index % features::kBoardSize * kCell;
    const int y = kMargin + index / features::kBoardSize * kCell;
    absl::StrAppendFormat(&svg, R"(<circle class="guess" cx="%d" cy="%d" r="8"/>)", x, y);
    absl::StrAppendFormat(&svg, R"(<text x="%d" y="%d" text-anchor="middle">%.0f</text>)", x, y + 3,
                          100 * probability);
  }
  if (example.facts.played_index < features::kPointCount) {
    absl::StrAppendFormat(&svg, R"(<circle class="played" cx="%d" cy="%d" r="9"/>)",
                          kMargin + example.facts.played_index % features::kBoardSize * kCell,
                          kMargin + example.facts.played_index / features::kBoardSize * kCell);
  }
  return svg + "</svg>";
}

}  // namespace moyo::evaluation
