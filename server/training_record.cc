#include "server/training_record.h"

#include <spdlog/spdlog.h>

#include <string>
#include <utility>

#include "common/base/status_macros.h"
#include "common/base/text.h"

namespace moyo::server {
namespace {

// Keys of the store's settings.
constexpr char kNewestKey[] = "training";
constexpr char kCurvesKey[] = "training_history";
constexpr absl::Duration kStoreNewestEvery = absl::Seconds(5);
constexpr absl::Duration kStoreCurvesEvery = absl::Seconds(30);  // some 30 KB at once

// An error is free text, of lines and whatever a library put into it, and people will see it.
void MakeVisible(v1::TrainingProgress& report) { report.set_error(Visible(report.error())); }

}  // namespace

absl::Status TrainingRecord::Load() {
  MOYO_ASSIGN_OR_RETURN(const std::string newest, store_.GetMeta(kNewestKey));
  MOYO_ASSIGN_OR_RETURN(const std::string curves, store_.GetMeta(kCurvesKey));
  absl::MutexLock lock(&mutex_);
  v1::TrainingProgress report;
  if (!newest.empty() && report.ParseFromString(newest)) {
    MakeVisible(report);  // an earlier release stored it as it came
    newest_ = std::move(report);
  }
  if (!history_.Load(curves)) spdlog::warn("the training's curves begin anew: unreadable");
  return absl::OkStatus();
}

absl::Status TrainingRecord::Add(v1::TrainingProgress report) {
  report.DiscardUnknownFields();  // of any size, and they would be stored
  MakeVisible(report);
  const bool is_last = report.finished() || !report.error().empty();
  absl::MutexLock reporting(&reporting_);
  const absl::Time now = clock_.Now();
  {
    absl::MutexLock lock(&mutex_);
    history_.Add(report, now);
    newest_ = std::move(report);
  }
  absl::Status stored;
  if (is_last || now - newest_stored_ >= kStoreNewestEvery) stored.Update(StoreNewest());
  if (is_last || now - curves_stored_ >= kStoreCurvesEvery) stored.Update(StoreCurves());
  return stored;
}

absl::Status TrainingRecord::Flush() {
  absl::MutexLock reporting(&reporting_);
  if (!newest().has_value()) return absl::OkStatus();
  absl::Status stored = StoreNewest();
  stored.Update(StoreCurves());
  return stored;
}

std::optional<v1::TrainingProgress> TrainingRecord::newest() {
  absl::MutexLock lock(&mutex_);
  return newest_;
}

v1::TrainingHistory TrainingRecord::curves() {
  absl::MutexLock lock(&mutex_);
  return history_.curves();
}

absl::Status TrainingRecord::StoreNewest() {
  newest_stored_ = clock_.Now();
  return store_.SetMeta(kNewestKey, newest()->SerializeAsString());
}

absl::Status TrainingRecord::StoreCurves() {
  curves_stored_ = clock_.Now();
  return store_.SetMeta(kCurvesKey, curves().SerializeAsString());
}

}  // namespace moyo::server
