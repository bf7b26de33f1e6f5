// What the server and Prometheus hear of a run.
#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include "tests/trainer/train/fake_training_server.h"
#include "tests/trainer/train/training_fixture.h"

namespace moyo::trainer {
namespace {

std::string Scrape(metrics::Endpoint& endpoint) {
  return prometheus::TextSerializer().Serialize(endpoint.registry().Collect());
}

TEST_F(TrainingTest, FinishedRunThatIsStartedAgainReportsTheSameFigures) {
  TrainingOptions options = Options("reports");
  v1::TrainingProgress first, second;
  {
    FakeTrainingServer server;
    options.server = server.address();
    ASSERT_TRUE(TrainHere(options).ok());
    first = server.last();
  }
  FakeTrainingServer server;
  options.server = server.address();
  ASSERT_TRUE(TrainHere(options).ok());
  second = server.last();
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

TEST_F(TrainingTest, ErrorReachesTheServer) {
  FakeTrainingServer server;
  TrainingOptions options = Options("error");
  options.server = server.address();
  options.optimizer = OptimizerKind::kSgd;
  options.learning_rate = 1e30;
  options.clip_norm = options.warmup = 0;
  const absl::Status status = TrainHere(options);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(server.last().error(), status.message());
  EXPECT_FALSE(server.last().finished());
}

TEST_F(TrainingTest, MetricsTellTheRun) {
  TrainingOptions options = Options("metrics");
  ASSERT_TRUE(TrainHere(options).ok());
  const std::string text = Scrape(*endpoint_);
  const uint64_t samples = options.epochs * data_.dataset->training().size();
  for (const std::string& line :
       {absl::StrCat("\nmoyo_training_samples_total ", samples),
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

}  // namespace
}  // namespace moyo::trainer
