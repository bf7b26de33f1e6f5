// TrainingService, and what the server remembers of a training.
#include <spdlog/spdlog.h>

#include "common/base/status_macros.h"
#include "server/coordinator.h"

namespace moyo::server {
namespace {

// Keys of the store's settings.
constexpr char kTrainingKey[] = "training";
constexpr char kHistoryKey[] = "training_history";
constexpr absl::Duration kStoreTrainingEvery = absl::Seconds(5);
constexpr absl::Duration kStoreHistoryEvery = absl::Seconds(30);  // some 30 KB at once

}  // namespace

absl::Status Coordinator::Load() {
  MOYO_ASSIGN_OR_RETURN(const std::string training, store_.GetMeta(kTrainingKey));
  MOYO_ASSIGN_OR_RETURN(const std::string history, store_.GetMeta(kHistoryKey));
  absl::MutexLock lock(&mutex_);
  has_training_ = !training.empty() && training_.ParseFromString(training);
  if (!history_.Load(history)) spdlog::warn("the training's curves begin anew: unreadable");
  return absl::OkStatus();
}

absl::Status Coordinator::ReportProgress(const v1::ReportProgressRequest& request,
                                         v1::ReportProgressResponse& response) {
  absl::MutexLock lock(&mutex_);
  training_ = request.progress();
  training_.DiscardUnknownFields();  // of any size, and they would be stored
  has_training_ = true;
  const absl::Time now = clock_.Now();
  history_.Add(training_, now);
  const bool is_last = training_.finished() || !training_.error().empty();
  absl::Status stored;
  if (is_last || now - training_stored_ >= kStoreTrainingEvery) stored.Update(StoreTraining());
  if (is_last || now - history_stored_ >= kStoreHistoryEvery) stored.Update(StoreHistory());
  return stored;
}

absl::Status Coordinator::StoreTraining() {
  training_stored_ = clock_.Now();
  return store_.SetMeta(kTrainingKey, training_.SerializeAsString());
}

absl::Status Coordinator::StoreHistory() {
  history_stored_ = clock_.Now();
  return store_.SetMeta(kHistoryKey, history_.Bytes());
}

v1::TrainingHistory Coordinator::GetTrainingHistory() {
  absl::MutexLock lock(&mutex_);
  return history_.curves();
}

}  // namespace moyo::server
