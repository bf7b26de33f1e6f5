// One line that moves on a terminal, and now and then a plain line elsewhere.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/time/time.h"
#include "common/base/clock.h"

namespace moyo::cli {

struct Progress {
  std::string label;  // "parse"
  uint64_t done = 0;
  uint64_t total = 0;      // 0: not known yet
  std::string noun;        // "games"
  double rate = 0;         // a second; 0 leaves rate and time left out
  std::string extra = {};  // after the rest
};

// "parse   [#####-----]  50.0%  1,200/2,400 games  35,000/s  2s left  extra"
std::string ProgressLine(const Progress& progress, bool with_bar);

// Not thread-safe.
class ProgressBar {
 public:
  enum class Kind { kTerminal, kPlain };
  // kTerminal redraws at most ten times a second, kPlain writes a line each five seconds.
  ProgressBar(std::FILE* out, Kind kind, const Clock& clock = Clock::System());
  // By isatty.
  explicit ProgressBar(std::FILE* out);

  void Update(const Progress& progress);
  // The last state of a phase is always shown and its line ended.
  void Finish(const Progress& progress);
  // A line of its own, above the bar.
  void Note(const std::string& line);

 private:
  void Draw(const Progress& progress);

  std::FILE* out_;
  Kind kind_;
  const Clock& clock_;
  absl::Time drawn_ = absl::InfinitePast();
  bool open_ = false;  // the terminal's line holds a bar
};

}  // namespace moyo::cli
