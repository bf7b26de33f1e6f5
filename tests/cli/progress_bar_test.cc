#include "cli/progress_bar.h"

#include <gtest/gtest.h>

#include "common/base/files.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace moyo::cli {
namespace {

TEST(ProgressLineTest, ShowsShareRateAndTimeLeft) {
  EXPECT_EQ(
      ProgressLine({.label = "parse", .done = 1200, .total = 2400, .noun = "games", .rate = 100},
                   true),
      "parse  [############------------]  50.0%  1,200/2,400 games  100/s  12s left");
}

TEST(ProgressLineTest, UnknownTotalShowsTheCount) {
  EXPECT_EQ(ProgressLine({.label = "parse", .done = 12, .noun = "games"}, true), "parse  12 games");
}

TEST(ProgressLineTest, MoreThanAllIsAll) {
  EXPECT_EQ(ProgressLine({.label = "train", .done = 12, .total = 10, .noun = "samples"}, false),
            "train  100.0%  10/10 samples");
}

TEST(ProgressBarTest, PlainLinesComeSeldomAndTheLastAlways) {
  const test::TempFolder folder;
  test::FakeClock clock;
  std::FILE* out = std::fopen(folder.Path("out").c_str(), "w");
  ProgressBar bar(out, ProgressBar::Kind::kPlain, clock);
  Progress progress = {.label = "parse", .total = 9, .noun = "games"};
  for (progress.done = 1; progress.done <= 9; ++progress.done) {
    bar.Update(progress);
    clock.Advance(absl::Seconds(1));
  }
  progress.done = 9;
  bar.Finish(progress);
  std::fclose(out);
  EXPECT_EQ(*ReadFile(folder.Path("out")),
            "parse   11.1%  1/9 games\nparse   66.7%  6/9 games\nparse  100.0%  9/9 games\n");
}

}  // namespace
}  // namespace moyo::cli
