// The screen of `moyo status --watch` as lines: pure, so that every size and state can be tested.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "cli/render_status.h"
#include "moyo/v1/admin.pb.h"

namespace moyo::cli {

struct ScreenSize {
  int columns = 80;
  int rows = 24;
};

struct WatchState {
  v1::GetStatusResponse status;  // the last one that came
  StatusSource source;
  absl::Duration silence;   // since it came
  std::string error;        // why nothing newer did; empty: the server answers
  std::string time_of_day;  // shown in the corner
};

// At most `size.rows` lines of at most `size.columns` characters, without control characters.
// What matters most stands first, so that a small window cuts off the least: who is asked, progress
// bars, alarms, advice, then the rest, the workers last (the slowest first).
std::vector<std::string> ScreenLines(const WatchState& state, ScreenSize size);

// `text` cut to so many characters (of UTF-8) with control characters made visible.
std::string Clip(const std::string& text, int columns);

}  // namespace moyo::cli
