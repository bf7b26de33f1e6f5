#include "trainer/train/training_loop.h"

#include <prometheus/gauge.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/base/files.h"
#include "common/base/host.h"
#include "common/base/memory.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "trainer/checkpoint/checkpoint.h"
#include "trainer/data/feed.h"
#include "trainer/model/model_file.h"
#include "trainer/model/torch_compat.h"
#include "trainer/train/memory_plan.h"
#include "trainer/train/optimizer.h"
#include "trainer/train/progress_reporter.h"
#include "trainer/train/schedule.h"
#include "trainer/train/validator.h"

namespace moyo::trainer {
namespace {

constexpr absl::Duration kReportInterval = absl::Seconds(1);
constexpr absl::Duration kLogInterval = absl::Seconds(10);
constexpr double kLossMemory = 0.98;  // of the running mean, a step

struct Losses {
  double policy = 0;
  double value = 0;
};

struct Gauges {
  explicit Gauges(prometheus::Registry& registry)
      : step(Make(registry, "moyo_training_step", "Optimizer updates so far.", {})),
        samples(Make(registry, "moyo_training_samples", "Samples learned from so far.", {})),
        rate(Make(registry, "moyo_training_samples_per_second", "Samples a second, lately.", {})),
        learning_rate(Make(registry, "moyo_training_learning_rate", "Learning rate now.", {})),
        policy_loss(Make(registry, "moyo_training_loss", "Running mean of the loss by head.",
                         {{"head", "policy"}})),
        value_loss(Make(registry, "moyo_training_loss", "Running mean of the loss by head.",
                        {{"head", "value"}})),
        top1(
            Make(registry, "moyo_training_accuracy_ratio", "Validation accuracy.", {{"top", "1"}})),
        top5(
            Make(registry, "moyo_training_accuracy_ratio", "Validation accuracy.", {{"top", "5"}})),
        feed_wait(Make(registry, "moyo_training_feed_wait_ratio", "Share of time waiting for data.",
                       {})) {}

  static prometheus::Gauge& Make(prometheus::Registry& registry, const char* name, const char* help,
                                 const prometheus::Labels& labels) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
  }

  prometheus::Gauge &step, &samples, &rate, &learning_rate, &policy_loss, &value_loss, &top1, &top5,
      &feed_wait;
};

class Trainer {
 public:
  Trainer(const TrainingOptions& options, const LoadedDataset& data, metrics::Endpoint& endpoint)
      : options_(options),
        data_(data),
        tower_(MakeTower(options)),
        optimizer_(tower_, options),
        gauges_(endpoint.registry()),
        reporter_(options.server),
        planned_samples_(options.epochs * data.dataset->training().size()) {}

  absl::Status Run();

 private:
  static Tower MakeTower(const TrainingOptions& options) {
    torch::manual_seed(options.seed);
    Tower tower(options.shape);
    ToChannelsLast(tower);
    return tower;
  }

  double ElapsedSeconds() const {
    return state_.elapsed_seconds + absl::ToDoubleSeconds(absl::Now() - started_);
  }
  // 0 to 1, by samples or by time, whichever is further.
  double Progress() const {
    const double by_samples = static_cast<double>(state_.samples) / planned_samples_;
    if (options_.max_time == absl::InfiniteDuration()) return by_samples;
    return std::max(by_samples, ElapsedSeconds() / absl::ToDoubleSeconds(options_.max_time));
  }

  absl::Status Resume();
  void GoOnWith(const TrainingState& now);
  absl::StatusOr<Losses> Step(const Batch& batch, double learning_rate);
  absl::Status StepAndAccount(const Batch& batch);
  void Judge(Tower tower, uint64_t positions);
  absl::Status ValidateAndKeepBest();
  absl::Status Checkpoint();
  absl::Status Finish();
  void Report(bool force);

  const TrainingOptions& options_;
  const LoadedDataset& data_;
  Tower tower_;
  Optimizer optimizer_;
  Gauges gauges_;
  ProgressReporter reporter_;
  const uint64_t planned_samples_;

  TrainingState state_;
  absl::Time started_ = absl::Now();
  double learning_rate_ = 0;
  Losses mean_;
  uint64_t first_sample_ = 0;  // of this process
  double feed_wait_ratio_ = 0;
  uint64_t checkpoints_ = 0;
  uint64_t checkpoint_bytes_ = 0;
  absl::Time last_checkpoint_, last_validation_, last_report_, last_log_;
};

std::string CheckpointFolder(const TrainingOptions& options) {
  return options.run_dir + "/trainer/checkpoints";
}

std::string ModelPath(const TrainingOptions& options) { return options.run_dir + "/model.pt"; }

absl::Status Trainer::Resume() {
  MOYO_ASSIGN_OR_RETURN(const std::optional<TrainingState> state,
                        LoadCheckpoint(CheckpointFolder(options_), options_, tower_, optimizer_));
  ToChannelsLast(tower_);
  state_.dataset_digest = data_.digest;
  state_.epoch_positions = data_.dataset->training().size();
  if (!state.has_value()) return absl::OkStatus();
  const TrainingState now = std::exchange(state_, *state);
  if (state_.dataset_digest != now.dataset_digest) GoOnWith(now);
  first_sample_ = state_.samples;
  if (!std::filesystem::exists(ModelPath(options_))) {  // then whatever comes next is the best
    state_.best_top1 = -1;
    state_.finished = false;
  }
  spdlog::info("resuming at sample {} of {}", WithCommas(state_.samples),
               WithCommas(planned_samples_));
  return absl::OkStatus();
}

// The dataset is another one than the checkpoint's: games were added. An unfinished schedule goes
// on at the same share of its samples; after a finished one a new schedule starts from its weights.
void Trainer::GoOnWith(const TrainingState& now) {
  const bool finished = std::exchange(state_.finished, false);
  if (finished) {
    state_.samples = 0;
    state_.elapsed_seconds = 0;
  } else {
    const double epochs = static_cast<double>(state_.samples) / state_.epoch_positions;
    state_.samples = static_cast<uint64_t>(epochs * now.epoch_positions);
  }
  state_.best_top1 = -1;  // judged on other games
  spdlog::info(
      "the dataset has changed: from {} to {} training positions; {}",
      WithCommas(state_.epoch_positions), WithCommas(now.epoch_positions),
      finished ? "a new schedule starts from the trained weights" : "the schedule goes on");
  state_.dataset_digest = now.dataset_digest;
  state_.epoch_positions = now.epoch_positions;
}

absl::StatusOr<Losses> Trainer::Step(const Batch& batch, double learning_rate) {
  const torch::Tensor target = torch::tensor(batch.policy);
  const torch::Tensor value_target = torch::tensor(batch.value);
  const torch::Tensor value_weight = torch::tensor(batch.value_weight);
  torch::Tensor policy_loss, value_loss;
  {
    const Bf16Autocast autocast;
    const TowerImpl::Output output = tower_->forward(ExpandPlanes(batch.planes));
    policy_loss = torch::nn::functional::cross_entropy(output.policy, target);
    value_loss = (output.value - value_target).square().mul(value_weight).mean();
  }
  optimizer_.ZeroGrad();
  (policy_loss + options_.value_weight * value_loss).backward();
  const double norm = optimizer_.ClipGradients(options_.clip_norm);
  const Losses losses{policy_loss.item<double>(), value_loss.item<double>()};
  if (!std::isfinite(losses.policy + losses.value + norm)) {
    return absl::InternalError(absl::StrCat(
        "the loss is not finite at step ", state_.step, " (samples ", batch.first_sample, " to ",
        batch.first_sample + batch.size() - 1,
        "); the last checkpoint stands: lower --learning-rate and run again with --fork"));
  }
  optimizer_.Step(learning_rate);
  return losses;
}

absl::Status Trainer::StepAndAccount(const Batch& batch) {
  learning_rate_ = LearningRateAt(options_, Progress());
  MOYO_ASSIGN_OR_RETURN(const Losses losses, Step(batch, learning_rate_));
  const double memory = state_.samples == first_sample_ ? 0 : kLossMemory;
  mean_.policy = memory * mean_.policy + (1 - memory) * losses.policy;
  mean_.value = memory * mean_.value + (1 - memory) * losses.value;
  state_.samples += batch.size();
  ++state_.step;
  return absl::OkStatus();
}

void Trainer::Judge(Tower tower, uint64_t positions) {
  state_.validation = Validate(*data_.dataset, tower, positions);
  last_validation_ = absl::Now();
  const ValidationResult& v = state_.validation;
  spdlog::info(
      "validation on {} positions: top-1 {:.2f}%, top-5 {:.2f}%, {:.3f} nats, value {:.2f}%",
      WithCommas(v.positions), 100 * v.top1, 100 * v.top5, v.nats, 100 * v.value_accuracy);
  std::ofstream curve(options_.run_dir + "/trainer/curve.csv", std::ios::app);
  if (curve.tellp() == 0) {
    curve << "seconds,samples,learning_rate,policy_loss,value_loss,positions,top1,top5,nats,value_"
             "accuracy\n";
  }
  curve << absl::StrFormat("%.1f,%d,%.6g,%.4f,%.4f,%d,%.4f,%.4f,%.4f,%.4f\n", ElapsedSeconds(),
                           state_.samples, learning_rate_, mean_.policy, mean_.value, v.positions,
                           v.top1, v.top5, v.nats, v.value_accuracy);
}

// Always on the same positions: another set's top-1 differs by more than two networks do.
absl::Status Trainer::ValidateAndKeepBest() {
  Judge(tower_, std::max<uint64_t>(1, options_.validation_positions / 4));
  if (state_.validation.top1 < state_.best_top1) return absl::OkStatus();
  state_.best_top1 = state_.validation.top1;
  return SaveModel(tower_, ModelPath(options_));
}

absl::Status Trainer::Checkpoint() {
  TrainingState state = state_;
  state.elapsed_seconds = ElapsedSeconds();
  MOYO_ASSIGN_OR_RETURN(checkpoint_bytes_, SaveCheckpoint(CheckpointFolder(options_), options_,
                                                          state, tower_, optimizer_));
  ++checkpoints_;
  last_checkpoint_ = absl::Now();
  return absl::OkStatus();
}

absl::Status Trainer::Finish() {
  MOYO_RETURN_IF_ERROR(ValidateAndKeepBest());
  // The record is of model.pt.
  MOYO_ASSIGN_OR_RETURN(const Tower best, LoadModel(ModelPath(options_)));
  Judge(best, options_.validation_positions);
  state_.finished = true;
  MOYO_RETURN_IF_ERROR(Checkpoint());
  Report(true);
  spdlog::info("training finished: {} samples in {}, model {}/model.pt", WithCommas(state_.samples),
               HumanDuration(absl::Seconds(ElapsedSeconds())), options_.run_dir);
  return absl::OkStatus();
}

void Trainer::Report(bool force) {
  const absl::Time now = absl::Now();
  if (!force && now - last_report_ < kReportInterval) return;
  last_report_ = now;
  const double rate =
      (state_.samples - first_sample_) / std::max(1e-3, absl::ToDoubleSeconds(now - started_));
  const MemoryUse memory = ReadMemoryUse();
  v1::TrainingProgress p;
  p.set_epoch(std::min(options_.epochs, state_.samples / data_.dataset->training().size() + 1));
  p.set_epochs(options_.epochs);
  p.set_step(state_.step);
  p.set_samples(state_.samples);
  // Under a time limit the plan is what this rate can reach.
  p.set_planned_samples(std::max<uint64_t>(
      state_.samples, Progress() > 0
                          ? std::min<double>(planned_samples_, state_.samples / Progress())
                          : planned_samples_));
  p.set_samples_per_second(rate);
  p.set_loss(mean_.policy + options_.value_weight * mean_.value);
  p.set_policy_loss(mean_.policy);
  p.set_value_loss(mean_.value);
  p.set_learning_rate(learning_rate_);
  p.set_top1(state_.validation.top1);
  p.set_top5(state_.validation.top5);
  p.set_nats(state_.validation.nats);
  p.set_value_accuracy(state_.validation.value_accuracy);
  p.set_validation_positions(state_.validation.positions);
  p.set_feed_wait_ratio(feed_wait_ratio_);
  p.set_checkpoints(checkpoints_);
  p.set_checkpoint_bytes(checkpoint_bytes_);
  p.set_checkpoint_unix_seconds(absl::ToUnixSeconds(last_checkpoint_));
  p.set_rss_bytes(memory.rss_bytes);
  p.set_vms_bytes(memory.vms_bytes);
  p.set_budget_bytes(options_.memory_budget_bytes);
  p.set_finished(state_.finished);
  p.set_dataset_digest(data_.digest);
  gauges_.step.Set(state_.step);
  gauges_.samples.Set(state_.samples);
  gauges_.rate.Set(rate);
  gauges_.learning_rate.Set(learning_rate_);
  gauges_.policy_loss.Set(mean_.policy);
  gauges_.value_loss.Set(mean_.value);
  gauges_.top1.Set(state_.validation.top1);
  gauges_.top5.Set(state_.validation.top5);
  gauges_.feed_wait.Set(feed_wait_ratio_);
  reporter_.Report(std::move(p));
  if (!force && now - last_log_ < kLogInterval) return;
  last_log_ = now;
  spdlog::info("{:5.1f}%  {} samples, {:.0f}/s, policy loss {:.3f}, value loss {:.3f}, rate {:.2g}",
               100 * std::min(1.0, Progress()), WithCommas(state_.samples), rate, mean_.policy,
               mean_.value, learning_rate_);
}

// The training loop.
absl::Status Trainer::Run() {
  MOYO_RETURN_IF_ERROR(Resume());
  if (state_.finished) {
    spdlog::info("training is finished already: top-1 {:.2f}%; 'moyo reset --model' starts anew",
                 100 * state_.validation.top1);
    Report(true);
    return absl::OkStatus();
  }
  tower_->train();
  started_ = last_checkpoint_ = last_validation_ = absl::Now();
  Feed feed(Sampler(*data_.dataset, data_.dataset->training(), options_.seed, options_.augment),
            state_.samples, planned_samples_, options_.batch_size);
  Batch batch;
  while (Progress() < 1 && feed.Next(batch)) {
    MOYO_RETURN_IF_ERROR(StepAndAccount(batch));
    feed_wait_ratio_ = feed.waited() / (absl::Now() - started_);
    Report(false);
    if (absl::Now() - last_validation_ >= options_.validation_interval) {
      MOYO_RETURN_IF_ERROR(ValidateAndKeepBest());
    }
    if (absl::Now() - last_checkpoint_ >= options_.checkpoint_interval) {
      MOYO_RETURN_IF_ERROR(Checkpoint());
    }
    if (ShutdownRequested()) return Checkpoint();
  }
  return Finish();
}

}  // namespace

absl::Status Train(const TrainingOptions& options, const LoadedDataset& data,
                   metrics::Endpoint& endpoint) {
  MOYO_RETURN_IF_ERROR(MakeFolder(options.run_dir + "/trainer"));
  MOYO_ASSIGN_OR_RETURN(const FileLock lock, FileLock::Acquire(options.run_dir + "/trainer/lock"));
  const Dataset& dataset = *data.dataset;
  spdlog::info("{} training games with {} positions, {} validation games with {}",
               WithCommas(dataset.training().games()), WithCommas(dataset.training().size()),
               WithCommas(dataset.validation().games()), WithCommas(dataset.validation().size()));
  MOYO_ASSIGN_OR_RETURN(const MemoryPlan plan, PlanMemory(options, dataset.memory_bytes()));
  spdlog::info("memory plan: {} of {}", plan.ToString(), HumanBytes(options.memory_budget_bytes));
  at::set_num_threads(options.threads > 0 ? options.threads : AvailableCpus());
  try {
    return Trainer(options, data, endpoint).Run();
  } catch (const std::exception& error) {  // Torch's
    return absl::InternalError(absl::StrCat("training failed: ", error.what()));
  }
}

absl::Status TrainFromServer(const TrainingOptions& given, metrics::Endpoint& endpoint) {
  TrainingOptions options = given;
  MOYO_RETURN_IF_ERROR(rpc::AwaitServer(options.server));
  MOYO_ASSIGN_OR_RETURN(
      const LoadedDataset data,
      LoadFromServer(options.server, options.run_dir + "/trainer/cache", options.validation_percent,
                     [](const std::string& line) { spdlog::info("{}", line); }));
  return Train(options, data, endpoint);
}

}  // namespace moyo::trainer
