// What the server and Prometheus hear of a run.
#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include "common/metrics/exposer.h"
#include "tests/trainer/remote/fake_training_server.h"
#include "tests/trainer/train/training_fixture.h"
#include "trainer/remote/progress_reporter.h"
#include "trainer/remote/training_metrics.h"

namespace moyo::trainer {
namespace {

class ReportTest : public TrainingTest {
 protected:
  // Trains, and gives what a server has heard in the end.
  v1::TrainingProgress Heard(const TrainingOptions& options, absl::Status& status) {
    FakeTrainingServer server;
    {
      ProgressReporter reporter(rpc::ServerAccess(server.address()));
      status = Train(options, source_, reporter);
    }
    return server.last();
  }
};

TEST_F(ReportTest, TheLastReportIsSentUntilTheServerHasIt) {
  FakeTrainingServer server;
  server.MissFinishedReports({grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::DEADLINE_EXCEEDED,
                              grpc::StatusCode::CANCELLED});
  {
    ProgressReporter reporter(rpc::ServerAccess(server.address()));
    ASSERT_TRUE(Train(Options("missed"), source_, reporter).ok());
  }
  EXPECT_TRUE(server.last().finished());
}

TEST_F(ReportTest, FinishedRunThatIsStartedAgainReportsTheSameFigures) {
  const TrainingOptions options = Options("reports");
  absl::Status status;
  const v1::TrainingProgress first = Heard(options, status);
  ASSERT_TRUE(status.ok()) << status;
  const v1::TrainingProgress second = Heard(options, status);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_GT(first.policy_loss(), 0);
  EXPECT_TRUE(first.finished());
  EXPECT_EQ(second.policy_loss(), first.policy_loss());
  EXPECT_EQ(second.loss(), first.loss());
  EXPECT_EQ(second.value_loss(), first.value_loss());
  EXPECT_EQ(second.learning_rate(), first.learning_rate());
  EXPECT_EQ(second.top5(), first.top5());
  EXPECT_EQ(second.checkpoint_bytes(), first.checkpoint_bytes());
  EXPECT_GT(second.checkpoint_unix_seconds(), 0);
}

TEST_F(ReportTest, ErrorReachesTheServer) {
  TrainingOptions options = Options("error");
  options.optimizer = OptimizerKind::kSgd;
  options.learning_rate = 1e30;
  options.clip_norm = options.warmup = 0;
  absl::Status status;
  const v1::TrainingProgress last = Heard(options, status);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(last.error(), status.message());
  EXPECT_FALSE(last.finished());
}

TEST_F(ReportTest, MetricsTellTheRun) {
  const TrainingOptions options = Options("metrics");
  const auto endpoint = *metrics::Endpoint::Open("", "test");
  TrainingMetrics metrics(endpoint->registry());
  ASSERT_TRUE(Train(options, source_, metrics).ok());
  const std::string text = prometheus::TextSerializer().Serialize(endpoint->registry().Collect());
  const uint64_t samples = options.epochs * EpochPositions();
  for (const std::string& line :
       {absl::StrCat("\nmoyo_training_samples_total ", samples),
        absl::StrCat("\nmoyo_training_schedule_samples ", samples),
        absl::StrCat("\nmoyo_training_planned_samples ", samples),
        absl::StrCat("\nmoyo_training_memory_budget_bytes ", options.memory_budget_bytes),
        std::string("\nmoyo_training_finished 1"),
        std::string("\nmoyo_training_accuracy_ratio{split=\"training\",top=\"1\"} "),
        std::string("\nmoyo_training_accuracy_ratio{split=\"validation\",top=\"5\"} "),
        std::string("\nmoyo_training_loss{head=\"policy\"} "),
        std::string("\nmoyo_training_checkpoint_age_seconds "),
        std::string("\nmoyo_training_checkpoint_timestamp_seconds 1"),
        std::string("\nmoyo_training_feed_wait_ratio ")}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << " in " << text;
  }
}

TEST_F(ReportTest, SecondScheduleOfAProcessAddsToTheCounter) {
  const auto endpoint = *metrics::Endpoint::Open("", "test");
  TrainingMetrics metrics(endpoint->registry());
  TrainingReport report;
  for (const uint64_t samples : {300, 500, 200, 200, 900}) {  // the third begins a schedule
    report.samples = samples;
    metrics.OnReport(report);
  }
  const std::string text = prometheus::TextSerializer().Serialize(endpoint->registry().Collect());
  EXPECT_NE(text.find("\nmoyo_training_samples_total 1400"), std::string::npos) << text;
  EXPECT_NE(text.find("\nmoyo_training_schedule_samples 900"), std::string::npos) << text;
}

TEST_F(ReportTest, WhatALostRankRepeatsIsAllThatTheCounterGrowsBy) {
  const auto endpoint = *metrics::Endpoint::Open("", "test");
  TrainingMetrics metrics(endpoint->registry());
  TrainingReport report;
  for (const uint64_t samples : {300, 500}) {
    report.samples = samples;
    report.step = samples / 10;
    metrics.OnReport(report);
  }
  report.first_samples = 400;  // the last checkpoint's
  report.first_step = 40;
  for (const uint64_t samples : {420, 600}) {
    report.samples = samples;
    report.step = samples / 10;
    metrics.OnReport(report);
  }
  const std::string text = prometheus::TextSerializer().Serialize(endpoint->registry().Collect());
  EXPECT_NE(text.find("\nmoyo_training_samples_total 700"), std::string::npos) << text;
  EXPECT_NE(text.find("\nmoyo_training_steps_total 70"), std::string::npos) << text;
}

}  // namespace
}  // namespace moyo::trainer
