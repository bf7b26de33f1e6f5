#include "server/training_record.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "server/store/database.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace moyo::server {
namespace {

v1::TrainingProgress Report(uint64_t samples) {
  v1::TrainingProgress report;
  report.set_samples(samples);
  report.set_policy_loss(3);
  return report;
}

class TrainingRecordTest : public testing::Test {
 protected:
  // What a server that starts now would know; 0 samples: nothing.
  uint64_t StoredSamples() {
    TrainingRecord next(*store_, clock_);
    EXPECT_TRUE(next.Load().ok());
    return next.newest().value_or(v1::TrainingProgress()).samples();
  }
  int StoredPoints() {
    TrainingRecord next(*store_, clock_);
    EXPECT_TRUE(next.Load().ok());
    return next.curves().losses_size();
  }

  test::TempFolder folder_;
  test::FakeClock clock_;
  std::unique_ptr<store::Store> store_ = *store::Store::Open(folder_.path(), {}, clock_);
  TrainingRecord record_{*store_, clock_};
};

TEST_F(TrainingRecordTest, NothingIsKnownAndStoredBeforeTheFirstReport) {
  EXPECT_FALSE(record_.newest().has_value());
  EXPECT_TRUE(record_.Flush().ok());
  EXPECT_EQ(*store_->GetMeta("training"), "");
  EXPECT_EQ(record_.curves().losses_size(), 0);
}

TEST_F(TrainingRecordTest, ReportsAreStoredEveryFiveSecondsAndCurvesEveryThirty) {
  for (int second = 0; second <= 30; ++second) {
    ASSERT_TRUE(record_.Add(Report(256 * (second + 1))).ok());
    EXPECT_EQ(record_.newest()->samples(), 256u * (second + 1));
    EXPECT_EQ(record_.curves().losses_size(), second + 1);
    EXPECT_EQ(StoredSamples(), 256u * (second / 5 * 5 + 1)) << second;
    EXPECT_EQ(StoredPoints(), second < 30 ? 1 : 31) << second;
    clock_.Advance(absl::Seconds(1));
  }
}

TEST_F(TrainingRecordTest, WhatIsOnlyInMemoryIsStoredByFlush) {
  ASSERT_TRUE(record_.Add(Report(256)).ok());
  ASSERT_TRUE(record_.Add(Report(512)).ok());
  EXPECT_EQ(StoredSamples(), 256u);
  ASSERT_TRUE(record_.Flush().ok());
  EXPECT_EQ(StoredSamples(), 512u);
  EXPECT_EQ(StoredPoints(), 2);
}

// It is free text, and people see it in terminals.
TEST_F(TrainingRecordTest, ControlCharactersOfAnErrorAreKeptEscaped) {
  v1::TrainingProgress failure = Report(256);
  failure.set_error("no memory\n\x1b[2J\xe5\x9b\xb2");
  ASSERT_TRUE(record_.Add(failure).ok());
  EXPECT_EQ(record_.newest()->error(), "no memory\\x0a\\x1b[2J\xe5\x9b\xb2");
  ASSERT_TRUE(store_->SetMeta("training", failure.SerializeAsString()).ok());
  TrainingRecord next(*store_, clock_);  // after an earlier release
  ASSERT_TRUE(next.Load().ok());
  EXPECT_EQ(next.newest()->error(), record_.newest()->error());
}

TEST_F(TrainingRecordTest, EndOfATrainingIsStoredAtOnce) {
  ASSERT_TRUE(record_.Add(Report(256)).ok());
  v1::TrainingProgress last = Report(512);
  last.set_finished(true);
  ASSERT_TRUE(record_.Add(last).ok());
  EXPECT_EQ(StoredSamples(), 512u);
  EXPECT_EQ(StoredPoints(), 2);
  v1::TrainingProgress failure = Report(768);
  failure.set_error("loss is not finite");
  ASSERT_TRUE(record_.Add(failure).ok());
  EXPECT_EQ(StoredSamples(), 768u);
}

TEST_F(TrainingRecordTest, FieldsOfALaterVersionAreNotStored) {
  v1::TrainingProgress report;
  ASSERT_TRUE(report.ParseFromString(Report(256).SerializeAsString() + "\xfa\x7f\x03" + "xyz"));
  ASSERT_TRUE(record_.Add(report).ok());
  EXPECT_EQ(*store_->GetMeta("training"), Report(256).SerializeAsString());
}

TEST_F(TrainingRecordTest, CurvesThatCannotBeReadBeginAnew) {
  ASSERT_TRUE(record_.Add(Report(256)).ok());
  ASSERT_TRUE(store_->SetMeta("training_history", "\xff\xff").ok());
  EXPECT_EQ(StoredSamples(), 256u);
  EXPECT_EQ(StoredPoints(), 0);
}

TEST_F(TrainingRecordTest, WhoAsksDoesNotWaitForTheDisk) {
  const auto other = *store::Database::Open(folder_.path() + "/moyo.db");
  ASSERT_TRUE(other->Execute("BEGIN IMMEDIATE").ok());
  absl::Status stored = absl::UnknownError("not stored yet");
  std::thread reporter([&] { stored = record_.Add(Report(256)); });
  while (!record_.newest().has_value()) std::this_thread::yield();
  EXPECT_EQ(record_.curves().losses_size(), 1);
  EXPECT_TRUE(other->Execute("ROLLBACK").ok());
  reporter.join();
  EXPECT_TRUE(stored.ok()) << stored;
}

TEST_F(TrainingRecordTest, WhatCannotBeStoredIsSaidAndRemembered) {
  const auto other = *store::Database::Open(folder_.path() + "/moyo.db");
  ASSERT_TRUE(other->Execute("ALTER TABLE meta RENAME TO lost").ok());
  EXPECT_FALSE(record_.Add(Report(256)).ok());
  EXPECT_EQ(record_.newest()->samples(), 256u);
  ASSERT_TRUE(other->Execute("ALTER TABLE lost RENAME TO meta").ok());
  EXPECT_TRUE(record_.Flush().ok());
  EXPECT_EQ(StoredSamples(), 256u);
}

}  // namespace
}  // namespace moyo::server
