#include "trainer/remote/training_metrics.h"

namespace moyo::trainer {
namespace {

prometheus::Gauge& Gauge(prometheus::Registry& registry, const char* name, const char* help,
                         const prometheus::Labels& labels = {}) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
}

prometheus::Counter& Counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

constexpr char kLoss[] = "moyo_training_loss";
constexpr char kLossHelp[] = "Running mean of the loss by head: nats, squared error.";
constexpr char kAccuracy[] = "moyo_training_accuracy_ratio";
constexpr char kAccuracyHelp[] =
    "Share of positions whose move is among the network's first (top) ones; training: running mean "
    "over batches.";

}  // namespace

TrainingMetrics::TrainingMetrics(prometheus::Registry& registry)
    : steps_(Counter(registry, "moyo_training_steps_total", "Optimizer updates.")),
      samples_(Counter(registry, "moyo_training_samples_total", "Samples learned from.")),
      schedule_samples_(Gauge(registry, "moyo_training_schedule_samples",
                              "Samples of the schedule that were learned from.")),
      planned_samples_(Gauge(registry, "moyo_training_planned_samples",
                             "Samples of the whole schedule, as far as can be told.")),
      epoch_(Gauge(registry, "moyo_training_epoch", "Pass over the manifest, from 1.")),
      rate_(Gauge(registry, "moyo_training_samples_per_second", "Samples a second, this process.")),
      learning_rate_(Gauge(registry, "moyo_training_learning_rate", "Learning rate now.")),
      policy_loss_(Gauge(registry, kLoss, kLossHelp, {{"head", "policy"}})),
      value_loss_(Gauge(registry, kLoss, kLossHelp, {{"head", "value"}})),
      training_top1_(
          Gauge(registry, kAccuracy, kAccuracyHelp, {{"split", "training"}, {"top", "1"}})),
      validation_top1_(
          Gauge(registry, kAccuracy, kAccuracyHelp, {{"split", "validation"}, {"top", "1"}})),
      validation_top5_(
          Gauge(registry, kAccuracy, kAccuracyHelp, {{"split", "validation"}, {"top", "5"}})),
      validation_value_accuracy_(Gauge(registry, "moyo_training_value_accuracy_ratio",
                                       "Share of decided games whose winner the value names.",
                                       {{"split", "validation"}})),
      validation_nats_(Gauge(registry, "moyo_training_policy_nats", "Mean policy cross entropy.",
                             {{"split", "validation"}})),
      feed_wait_(Gauge(registry, "moyo_training_feed_wait_ratio",
                       "Share of the time spent waiting for data.")),
      ranks_(Gauge(registry, "moyo_training_ranks", "Trainers that learn together.")),
      checkpoint_age_(Gauge(registry, "moyo_training_checkpoint_age_seconds",
                            "Training that a kill now would repeat.")),
      checkpoint_write_(Gauge(registry, "moyo_training_checkpoint_write_seconds",
                              "Time the last checkpoint held training up.")),
      checkpoint_bytes_(
          Gauge(registry, "moyo_training_checkpoint_bytes", "Size of the last checkpoint.")),
      checkpoint_time_(Gauge(registry, "moyo_training_checkpoint_timestamp_seconds",
                             "Unix time of the last checkpoint; 0 for none.")),
      budget_bytes_(Gauge(registry, "moyo_training_memory_budget_bytes", "--memory-budget.")),
      planned_bytes_(
          Gauge(registry, "moyo_training_memory_planned_bytes", "Peak by the memory plan.")),
      finished_(Gauge(registry, "moyo_training_finished", "1 when the schedule has ended.")) {}

void TrainingMetrics::Growing::Reach(double first, double count) {
  counter_.Increment(count - (count >= last_ ? last_ : first));
  last_ = count;
}

void TrainingMetrics::OnReport(const TrainingReport& r) {
  steps_.Reach(r.first_step, r.step);
  samples_.Reach(r.first_samples, r.samples);
  schedule_samples_.Set(r.samples);
  planned_samples_.Set(r.planned_samples);
  epoch_.Set(r.epoch);
  rate_.Set(r.samples_per_second);
  learning_rate_.Set(r.learning_rate);
  policy_loss_.Set(r.policy_loss);
  value_loss_.Set(r.value_loss);
  training_top1_.Set(r.training_top1);
  validation_top1_.Set(r.validation.top1);
  validation_top5_.Set(r.validation.top5);
  validation_value_accuracy_.Set(r.validation.value_accuracy);
  validation_nats_.Set(r.validation.nats);
  feed_wait_.Set(r.feed_wait_ratio);
  ranks_.Set(r.ranks);
  checkpoint_age_.Set(absl::ToDoubleSeconds(r.checkpoint_age));
  checkpoint_write_.Set(absl::ToDoubleSeconds(r.checkpoint_write_time));
  checkpoint_bytes_.Set(r.checkpoint_bytes);
  checkpoint_time_.Set(absl::ToUnixSeconds(r.checkpoint_written));
  budget_bytes_.Set(r.budget_bytes);
  planned_bytes_.Set(r.planned_bytes);
  finished_.Set(r.finished ? 1 : 0);
}

}  // namespace moyo::trainer
