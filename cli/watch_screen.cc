#include "cli/watch_screen.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/advice.h"
#include "cli/progress_bar.h"
#include "common/base/text.h"
#include "common/base/utf8.h"

namespace moyo::cli {
namespace {

constexpr char kFooter[] = "Ctrl-C ends this view, not the run";

void AppendLines(const std::string& text, std::vector<std::string>& lines) {
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    lines.emplace_back(line);
  }
}

std::string HeaderLine(const WatchState& state, int columns) {
  const std::string left =
      absl::StrCat("moyo status  ", state.source.address, "  moyo-server ", state.status.version());
  const int gap = columns - static_cast<int>(left.size() + state.time_of_day.size());
  return absl::StrCat(left, std::string(std::max(2, gap), ' '), state.time_of_day);
}

Progress ParseProgress(const v1::GetStatusResponse& status) {
  const v1::LedgerCounts& ledger = status.ledger();
  return {.label = "parse",
          .done = ledger.found() - ledger.pending(),
          .total = ledger.found(),
          .noun = "games",
          .rate = status.complete() ? 0 : status.games_per_second(),
          .extra = status.complete() ? "complete" : ""};
}

Progress TrainProgress(const v1::TrainingProgress& training) {
  return {.label = "train",
          .done = training.samples(),
          .total = training.planned_samples(),
          .noun = "samples",
          .rate = training.finished() ? 0 : training.samples_per_second(),
          .extra = training.finished() ? "finished" : ""};
}

std::vector<std::string> TopLines(const WatchState& state, int columns) {
  const v1::GetStatusResponse& status = state.status;
  std::vector<std::string> lines = {HeaderLine(state, columns)};
  if (!state.error.empty()) {
    lines.push_back(absl::StrCat("LOST: no answer for ", HumanDuration(state.silence),
                                 ", trying again; what follows is the last that was heard"));
    lines.push_back(absl::StrCat("      ", state.error));
  }
  lines.push_back(ProgressLine(ParseProgress(status), true));
  if (status.has_training()) lines.push_back(ProgressLine(TrainProgress(status.training()), true));
  for (const std::string& text : NoticeLines(status)) lines.push_back(text);
  for (const std::string& text : Advice(status, state.source.address, state.source.join_by)) {
    lines.push_back(absl::StrCat("advice       ", text));
  }
  return lines;
}

}  // namespace

std::string Clip(const std::string& text, int columns) {
  std::string out;
  int taken = 0;
  for (std::string_view left = text; !left.empty();) {
    const bool follows = (static_cast<unsigned char>(left.front()) & 0xC0) == 0x80;
    if (!follows && taken++ == columns) break;
    const size_t control_bytes = ControlCharacterBytes(left);
    out.push_back(control_bytes == 0 ? left.front() : '?');
    left.remove_prefix(std::max<size_t>(control_bytes, 1));
  }
  return out;
}

std::vector<std::string> ScreenLines(const WatchState& state, ScreenSize size) {
  if (size.rows <= 0 || size.columns <= 0) return {};
  std::vector<std::string> lines = TopLines(state, size.columns);
  AppendLines(DetailText(state.status, state.source), lines);
  const int footer_rows = 1;
  // Room for the workers' heading, and one line for those left out.
  const int room = size.rows - footer_rows - static_cast<int>(lines.size()) - 1;
  AppendLines(WorkersText(state.status, std::max(0, room)), lines);
  lines.resize(std::min<size_t>(lines.size(), std::max(0, size.rows - footer_rows)));
  if (size.rows > footer_rows) {
    lines.emplace_back(kFooter);
  } else {
    lines = {HeaderLine(state, size.columns)};
  }
  for (std::string& line : lines) line = Clip(line, size.columns);
  return lines;
}

}  // namespace moyo::cli
