// Training as Prometheus sees it. Units and "_total" as its naming conventions ask
// (prometheus.io/docs/practices/naming).
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "trainer/train/training_report.h"

namespace moyo::trainer {

class TrainingMetrics final : public TrainingObserver {
 public:
  explicit TrainingMetrics(prometheus::Registry& registry);
  void OnReport(const TrainingReport& report) override;

 private:
  // A counter of what is counted anew from 0 by each schedule, and again from a checkpoint's count
  // by one that lost a rank.
  class Growing {
   public:
    explicit Growing(prometheus::Counter& counter) : counter_(counter) {}
    // `first`: what `count` began with.
    void Reach(double first, double count);

   private:
    prometheus::Counter& counter_;
    double last_ = 0;
  };

  Growing steps_, samples_;
  prometheus::Gauge &schedule_samples_, &planned_samples_, &epoch_, &rate_, &learning_rate_;
  prometheus::Gauge &policy_loss_, &value_loss_;
  prometheus::Gauge &training_top1_, &validation_top1_, &validation_top5_;
  prometheus::Gauge &validation_value_accuracy_, &validation_nats_;
  prometheus::Gauge &feed_wait_, &ranks_;
  prometheus::Gauge &checkpoint_age_, &checkpoint_write_, &checkpoint_bytes_, &checkpoint_time_;
  prometheus::Gauge &budget_bytes_, &planned_bytes_, &finished_;
};

}  // namespace moyo::trainer
