#include "cli/watch_screen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/support/status_sample.h"

namespace moyo::cli {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

WatchState SampleState() {
  return {.status = SampleStatus(),
          .source = {.address = "127.0.0.1:7000", .run_dir = "run"},
          .silence = absl::ZeroDuration(),
          .error = "",
          .time_of_day = "12:34:56"};
}

// Characters, not bytes.
int Width(const std::string& line) {
  int width = 0;
  for (const char c : line) width += (c & 0xC0) != 0x80;
  return width;
}

TEST(WatchScreenTest, HeaderBarsAlarmsThenTheRestAndAFooter) {
  const std::vector<std::string> lines = ScreenLines(SampleState(), {.columns = 100, .rows = 30});
  ASSERT_GT(lines.size(), 12u);
  EXPECT_THAT(lines[0], StartsWith("moyo status  127.0.0.1:7000  moyo-server 0.1.0"));
  EXPECT_TRUE(absl::EndsWith(lines[0], "12:34:56")) << lines[0];
  EXPECT_EQ(Width(lines[0]), 100);
  EXPECT_EQ(lines[1],
            "parse  [##################------]  77.0%  30,013/38,982 games  8,969/s  1s left");
  EXPECT_THAT(lines[2], StartsWith("train  [############------------]  50.0%"));
  EXPECT_EQ(lines[3], "ALARM        unit 7 stands with two digests");
  EXPECT_THAT(lines, Contains(HasSubstr("server RSS 50.0 MiB, VMS 500.0 MiB")));
  EXPECT_THAT(lines, Contains(HasSubstr("60 files, 6.7 MiB, in run/server/shards")));
  EXPECT_THAT(lines, Contains(HasSubstr("  host-1 ")));
  EXPECT_EQ(lines.back(), "Ctrl-C ends this view, not the run");
}

TEST(WatchScreenTest, EverySizeIsKept) {
  WatchState state = SampleState();
  state.error = "connection refused";
  for (int i = 0; i < 40; ++i) {
    *state.status.add_workers() = state.status.workers(0);
    state.status.mutable_workers(i)->set_name(absl::StrCat("Ärger-\xE7\xA2\x81-", i));
  }
  for (int rows = 0; rows < 60; ++rows) {
    for (const int columns : {0, 1, 2, 20, 80, 300}) {
      const std::vector<std::string> lines = ScreenLines(state, {.columns = columns, .rows = rows});
      EXPECT_LE(lines.size(), static_cast<size_t>(rows));
      for (const std::string& line : lines) EXPECT_LE(Width(line), columns) << line;
    }
  }
}

TEST(WatchScreenTest, WorkersThatDoNotFitAreCounted) {
  WatchState state = SampleState();
  state.status.clear_workers();
  for (int i = 0; i < 40; ++i) {
    v1::WorkerStatus* worker = state.status.add_workers();
    worker->set_name(absl::StrCat("w", i));
    worker->set_games_per_second(100 - i);
  }
  const std::vector<std::string> lines = ScreenLines(state, {.columns = 80, .rows = 24});
  EXPECT_EQ(lines.size(), 24u);
  const std::string& last = lines[lines.size() - 2];
  EXPECT_THAT(last, StartsWith("  and "));
  EXPECT_THAT(last, HasSubstr(" more"));
  EXPECT_THAT(lines, Contains(StartsWith("  w39 "))) << "the slowest one is shown";
  EXPECT_THAT(lines, Not(Contains(StartsWith("  w0 "))));
}

TEST(WatchScreenTest, ALostServerIsSaidAboveItsLastState) {
  WatchState state = SampleState();
  state.error = "server 127.0.0.1:7000 does not answer";
  state.silence = absl::Seconds(75);
  const std::vector<std::string> lines = ScreenLines(state, {.columns = 100, .rows = 30});
  EXPECT_THAT(lines[1], StartsWith("LOST: no answer for 1m 15s"));
  EXPECT_THAT(lines[2], HasSubstr("does not answer"));
  EXPECT_THAT(lines, Contains(HasSubstr("30,013/38,982 games")));
}

TEST(WatchScreenTest, NamesCannotSendCommandsToTheTerminal) {
  EXPECT_EQ(Clip("a\x1b[2Jb\x07\x7f", 20), "a?[2Jb??");
  EXPECT_EQ(Clip("\xC2\x9B"
                 "2J",
                 20),
            "?2J");
  EXPECT_EQ(Clip("\xC3\x84rger", 3), "\xC3\x84rg");
  EXPECT_EQ(Clip("abc", 0), "");
}

}  // namespace
}  // namespace moyo::cli
