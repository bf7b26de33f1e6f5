#include "cli/run/summary.h"

#include <gtest/gtest.h>

#include "tests/support/status_sample.h"

namespace moyo::cli {
namespace {

RunSummary Sample() {
  RunSummary summary;
  summary.status = SampleStatus();
  summary.run_dir = "run";
  summary.model = "run/model.pt";
  summary.parse_time = absl::Seconds(3);
  summary.train_time = absl::Seconds(65);
  summary.parse_peak_rss_bytes = 100 << 20;
  summary.train_peak_rss_bytes = 400 << 20;
  return summary;
}

TEST(SummaryTest, TextHoldsTheFiguresAndTheNextCommands) {
  const std::string text = SummaryText(Sample());
  for (const char* part :
       {"38,982 found", "positions    6,300,000", "60 files, 6.7 MiB, 233 bytes a game",
        "3.0 s, 10,004 games/s, peak memory of server and workers 100.0 MiB",
        "1m 05s, 256,000 samples, peak memory of the trainer 400.0 MiB",
        "top-1 37.50%, top-5 68.75%, 2.7500 nats",
        "moyo-play suggest --model run/model.pt --top-k 5"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nnot in\n" << text;
  }
}

TEST(SummaryTest, ParseOnlySpeaksOfNoModel) {
  RunSummary summary = Sample();
  summary.model.clear();
  EXPECT_EQ(SummaryText(summary).find("moyo-play"), std::string::npos);
  EXPECT_TRUE(SummaryJson(summary)["model"].is_null());
}

TEST(SummaryTest, WithoutAValidationTheScoresAreNull) {
  RunSummary summary = Sample();
  summary.status.mutable_training()->set_validation_positions(0);
  for (const char* score : {"top1", "top5", "nats"}) {
    EXPECT_TRUE(SummaryJson(summary)["training"][score].is_null()) << score;
    EXPECT_TRUE(SummaryJson(Sample())["training"][score].is_number()) << score;
  }
}

TEST(SummaryTest, WhatWentWrongIsInBothForms) {
  RunSummary summary = Sample();
  summary.status.clear_alarms();
  summary.status.add_alarms("unit 7: two digests");
  summary.status.set_catalogue_error("cannot read folder '/b'");
  for (const std::string& form : {SummaryText(summary), SummaryJson(summary).dump()}) {
    EXPECT_NE(form.find("unit 7: two digests"), std::string::npos);
    EXPECT_NE(form.find("cannot read folder '/b'"), std::string::npos);
  }
}

TEST(SummaryTest, FinishedBeforeIsSaid) {
  RunSummary summary = Sample();
  summary.parsed_before = summary.trained_before = true;
  const std::string text = SummaryText(summary);
  EXPECT_NE(text.find("finished already\n"), std::string::npos);
  EXPECT_NE(text.find("finished already with these games"), std::string::npos);
  EXPECT_EQ(SummaryJson(summary)["training"]["finished_before"], true);
}

}  // namespace
}  // namespace moyo::cli
