// Training as Prometheus sees it. Units and "_total" as its naming conventions ask
// (prometheus.io/docs/practices/naming).
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "moyo/v1/training.pb.h"

namespace moyo::trainer {

// What a report to the server does not hold.
struct LocalProgress {
  double training_top1 = 0;
  double checkpoint_age_seconds = 0;
  double checkpoint_write_seconds = 0;  // of the last one
  uint64_t planned_bytes = 0;           // peak by the memory plan
};

class TrainingMetrics {
 public:
  explicit TrainingMetrics(prometheus::Registry& registry);
  void Set(const v1::TrainingProgress& progress, const LocalProgress& local);

 private:
  prometheus::Counter &steps_, &samples_;
  prometheus::Gauge &planned_samples_, &epoch_, &rate_, &learning_rate_;
  prometheus::Gauge &policy_loss_, &value_loss_;
  prometheus::Gauge &training_top1_, &validation_top1_, &validation_top5_;
  prometheus::Gauge &validation_value_accuracy_, &validation_nats_;
  prometheus::Gauge& feed_wait_;
  prometheus::Gauge &checkpoint_age_, &checkpoint_write_, &checkpoint_bytes_, &checkpoint_time_;
  prometheus::Gauge &budget_bytes_, &planned_bytes_, &finished_;
};

}  // namespace moyo::trainer
