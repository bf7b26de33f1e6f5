#include "cli/watch.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cli/render_status.h"
#include "cli/status_poller.h"
#include "cli/watch_screen.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"

namespace moyo::cli {
namespace {

constexpr absl::Duration kPollEvery = absl::Seconds(1);
// How soon a new window size, or a new answer, shows.
constexpr absl::Duration kLookEvery = absl::Milliseconds(100);

// Source of the sequences: ECMA-48 and xterm's "ctlseqs" (1049: alternate screen, 25: cursor).
class AlternateScreen {
 public:
  AlternateScreen() { Write("\x1b[?1049h\x1b[?25l"); }
  ~AlternateScreen() { Write("\x1b[?25h\x1b[?1049l"); }
  AlternateScreen(const AlternateScreen&) = delete;

  // False: the terminal is gone.
  bool Draw(const std::vector<std::string>& lines, bool is_new_size) {
    std::string out = is_new_size ? "\x1b[2J\x1b[H" : "\x1b[H";
    for (size_t i = 0; i < lines.size(); ++i) {
      absl::StrAppend(&out, i > 0 ? "\r\n" : "", lines[i], "\x1b[K");
    }
    absl::StrAppend(&out, "\x1b[J");
    return Write(out);
  }

 private:
  static bool Write(const std::string& text) {
    std::fputs(text.c_str(), stdout);
    return std::fflush(stdout) == 0;
  }
};

ScreenSize ReadScreenSize() {
  winsize size = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
    return {};
  return {.columns = size.ws_col, .rows = size.ws_row};
}

WatchState StateOf(const StatusPoller::Latest& latest, const ServerTarget& target) {
  const absl::Time now = absl::Now();
  return {
      .status = latest.status,
      .source = {.address = latest.address, .run_dir = target.run_dir, .join_by = latest.join_by},
      .silence = now - latest.answered,
      .error = latest.error,
      .time_of_day = absl::FormatTime("%H:%M:%S", now, absl::LocalTimeZone())};
}

void DrawUntilShutdown(const StatusPoller& poller, const ServerTarget& target) {
  AlternateScreen screen;
  ScreenSize drawn_size = {.columns = 0, .rows = 0};
  absl::Time drawn = absl::InfinitePast();
  uint64_t drawn_tries = 0;
  do {
    const ScreenSize size = ReadScreenSize();
    const bool is_new_size = size.columns != drawn_size.columns || size.rows != drawn_size.rows;
    const StatusPoller::Latest latest = poller.latest();
    const absl::Time now = absl::Now();
    // The clock and the time of silence go on without an answer, too.
    if (!is_new_size && latest.tries == drawn_tries && now - drawn < kPollEvery) continue;
    if (!screen.Draw(ScreenLines(StateOf(latest, target), size), is_new_size)) return;
    drawn_size = size;
    drawn = now;
    drawn_tries = latest.tries;
  } while (!WaitForShutdown(kLookEvery));
}

}  // namespace

absl::Status WatchOnTerminal(const ServerTarget& target) {
  MOYO_ASSIGN_OR_RETURN(const std::unique_ptr<StatusPoller> poller,
                        StatusPoller::Start(target, kPollEvery));
  DrawUntilShutdown(*poller, target);
  const WatchState last = StateOf(poller->latest(), target);
  std::fputs(StatusText(last.status, last.source).c_str(), stdout);
  std::fflush(stdout);
  return absl::OkStatus();
}

}  // namespace moyo::cli
