#include "server/training_history.h"

#include <algorithm>

namespace moyo::server {
namespace {

template <typename Point>
using Points = google::protobuf::RepeatedPtrField<Point>;

// Forgets what lies at `samples` or beyond.
template <typename Point>
void ForgetFrom(uint64_t samples, Points<Point>& points) {
  while (!points.empty() && points[points.size() - 1].samples() >= samples) points.RemoveLast();
}

// Every second point, the first included; gives the distance that the others keep from then on.
template <typename Point>
uint64_t Thin(Points<Point>& points) {
  int kept = 0;
  for (int i = 0; i < points.size(); i += 2) points.SwapElements(kept++, i);
  points.DeleteSubrange(kept, points.size() - kept);
  const uint64_t span = points[kept - 1].samples() - points[0].samples();
  return span / std::max(1, kept - 1);
}

bool IsNew(const v1::TrainingProgress& report, const Points<v1::ValidationPoint>& points) {
  if (report.validation_positions() == 0) return false;
  if (points.empty()) return true;
  const v1::ValidationPoint& last = points[points.size() - 1];
  return last.top1() != report.top1() || last.top5() != report.top5() ||
         last.nats() != report.nats() || last.value_accuracy() != report.value_accuracy() ||
         last.positions() != report.validation_positions();
}

}  // namespace

bool TrainingHistory::Load(const std::string& bytes) {
  const bool read = curves_.ParseFromString(bytes);
  if (!read) curves_.Clear();
  return read;
}

void TrainingHistory::Add(const v1::TrainingProgress& report, absl::Time now) {
  if (report.samples() == 0) return;
  auto& losses = *curves_.mutable_losses();
  auto& validations = *curves_.mutable_validations();
  ForgetFrom(report.samples() + 1, validations);
  ForgetFrom(report.samples(), losses);
  if (losses.empty()) curves_.set_losses_apart(0);
  if (losses.empty() ||
      report.samples() - losses[losses.size() - 1].samples() >= curves_.losses_apart()) {
    if (losses.size() >= static_cast<int>(kMaxPoints)) curves_.set_losses_apart(Thin(losses));
    v1::LossPoint& point = *losses.Add();
    point.set_samples(report.samples());
    point.set_unix_seconds(absl::ToUnixSeconds(now));
    point.set_policy_loss(report.policy_loss());
    point.set_value_loss(report.value_loss());
    point.set_learning_rate(report.learning_rate());
    point.set_samples_per_second(report.samples_per_second());
  }
  if (!IsNew(report, validations)) return;
  if (validations.size() >= static_cast<int>(kMaxPoints)) Thin(validations);
  v1::ValidationPoint& point = *validations.Add();
  point.set_samples(report.samples());
  point.set_unix_seconds(absl::ToUnixSeconds(now));
  point.set_top1(report.top1());
  point.set_top5(report.top5());
  point.set_nats(report.nats());
  point.set_value_accuracy(report.value_accuracy());
  point.set_positions(report.validation_positions());
}

}  // namespace moyo::server
