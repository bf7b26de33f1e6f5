#include "trainer/train/trainer.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/memory.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "trainer/data/feed.h"
#include "trainer/model/model_file.h"
#include "trainer/train/schedule.h"
#include "trainer/train/validator.h"

namespace moyo::trainer {
namespace {

constexpr absl::Duration kReportInterval = absl::Seconds(1);
constexpr absl::Duration kLogInterval = absl::Seconds(10);
constexpr double kMeanMemory = 0.98;  // of the running means, a step

std::string CheckpointFolder(const TrainingOptions& options) {
  return options.run_dir + "/trainer/checkpoints";
}

std::string ModelPath(const TrainingOptions& options) { return options.run_dir + "/model.pt"; }

uint64_t PlannedSamples(const TrainingOptions& options, const LoadedDataset& data) {
  const uint64_t by_epochs = options.epochs * data.dataset->training().size();
  return options.max_samples == 0 ? by_epochs : std::min(by_epochs, options.max_samples);
}

void AddToMeans(const StepResult& result, RunningMeans& means) {
  const double memory = std::exchange(means.started, true) ? kMeanMemory : 0;
  const auto add = [memory](double value, double& mean) {
    mean = memory * mean + (1 - memory) * value;
  };
  add(result.policy_loss, means.policy_loss);
  add(result.value_loss, means.value_loss);
  add(result.top1, means.top1);
}

// A quarter of the final validation: always the same positions, as another set's top-1 differs by
// more than two networks do.
uint64_t IntermediatePositions(const TrainingOptions& options) {
  return std::max<uint64_t>(1, options.validation_positions / 4);
}

}  // namespace

Trainer::Trainer(const TrainingOptions& options, const LoadedDataset& data, const MemoryPlan& plan,
                 torch::Device device, std::optional<Checkpoint> checkpoint,
                 std::shared_ptr<Network> first, metrics::Endpoint& endpoint)
    : options_(options),
      data_(data),
      plan_(plan),
      checkpoint_(std::move(checkpoint)),
      first_(std::move(first)),
      learner_(options, plan.micro_batch, device),
      metrics_(endpoint.registry()),
      reporter_(options.server),
      planned_samples_(PlannedSamples(options, data)) {}

double Trainer::Progress() const {
  const double by_samples = static_cast<double>(state_.samples) / planned_samples_;
  if (options_.max_time == absl::InfiniteDuration()) return by_samples;
  return std::max(by_samples, ElapsedSeconds() / absl::ToDoubleSeconds(options_.max_time));
}

uint64_t Trainer::Epoch() const { return state_.samples / data_.dataset->training().size(); }

absl::Status Trainer::Resume() {
  state_.dataset_digest = data_.digest;
  state_.epoch_positions = data_.dataset->training().size();
  if (checkpoint_.has_value()) {
    learner_.Load(checkpoint_->learner);
    checkpoint_bytes_ = checkpoint_->file_bytes;
    checkpoint_written_ = checkpoint_->written;
    const TrainingState now = std::exchange(state_, checkpoint_->state);
    MOYO_RETURN_IF_ERROR(KeepModelComplete());
    if (state_.dataset_digest != now.dataset_digest) GoOnWith(now);
    spdlog::info("resuming at sample {} of {}", WithCommas(state_.samples),
                 WithCommas(planned_samples_));
    checkpoint_.reset();
  } else if (first_ != nullptr) {
    learner_.StartFrom(*first_);
  }
  first_.reset();
  state_.resolved = {options_.threads, plan_.micro_batch};
  first_sample_ = state_.samples;
  return absl::OkStatus();
}

// model.pt is written right after the checkpoint of its step: a kill between the two, or a removed
// file, is made good here.
absl::Status Trainer::KeepModelComplete() {
  const bool missing = !std::filesystem::exists(ModelPath(options_));
  if (state_.best_top1 < 0 || !(missing || state_.best_step == state_.step)) {
    return absl::OkStatus();
  }
  const auto best = ReadNetworkOfStep(CheckpointFolder(options_), state_.best_step, options_.shape);
  if (best.ok()) return SaveModel(**best, ModelPath(options_));
  if (missing) {  // then whatever comes next is the best
    state_.best_top1 = -1;
    state_.finished = false;
  }
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
  spdlog::info(
      "the dataset has changed: from {} to {} training positions; {}",
      WithCommas(state_.epoch_positions), WithCommas(now.epoch_positions),
      finished ? "a new schedule starts from the trained weights" : "the schedule goes on");
  state_.dataset_digest = now.dataset_digest;
  state_.epoch_positions = now.epoch_positions;
  // What model.pt must be beaten at from here on: the validation games of the new dataset.
  state_.best_top1 = -1;
  const auto best = LoadNetwork(ModelPath(options_));
  if (!best.ok()) return;
  Judge(**best, IntermediatePositions(options_));
  state_.best_top1 = state_.validation.top1;
}

absl::Status Trainer::Diverged(const char* what) const {
  const uint64_t positions = data_.dataset->training().size();
  const uint64_t epoch = batch_.first_sample / positions;
  const uint64_t first = batch_.first_sample - epoch * positions;
  return absl::InternalError(absl::StrFormat(
      "%s at step %d, epoch %d, indices %d to %d; the last good checkpoint stands: lower "
      "--learning-rate and run again with --fork",
      what, state_.step, epoch + 1, first, first + batch_.size() - 1));
}

absl::Status Trainer::Step() {
  state_.learning_rate = LearningRateAt(options_, Progress());
  const StepResult result = learner_.Step(batch_, state_.learning_rate);
  if (!result.finite) return Diverged("the loss is not finite");
  AddToMeans(result, state_.means);
  state_.samples += batch_.size();
  ++state_.step;
  return absl::OkStatus();
}

void Trainer::Judge(Network& network, uint64_t positions) {
  state_.validation = Validate(*data_.dataset, network, options_.precision, positions);
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
                           state_.samples, state_.learning_rate, state_.means.policy_loss,
                           state_.means.value_loss, v.positions, v.top1, v.top5, v.nats,
                           v.value_accuracy);
}

absl::Status Trainer::ValidateAndKeepBest() {
  Judge(learner_.judged(), IntermediatePositions(options_));
  if (state_.validation.top1 < state_.best_top1) return absl::OkStatus();
  state_.best_top1 = state_.validation.top1;
  state_.best_step = state_.step;
  MOYO_RETURN_IF_ERROR(SaveState());
  return SaveModel(learner_.judged(), ModelPath(options_));
}

absl::Status Trainer::SaveState() {
  // A checkpoint is one to go on from.
  if (!learner_.IsSound(batch_)) return Diverged("the update broke the weights");
  TrainingState state = state_;
  const absl::Time begin = absl::Now();
  state.elapsed_seconds = ElapsedSeconds();
  MOYO_ASSIGN_OR_RETURN(checkpoint_bytes_,
                        SaveCheckpoint(CheckpointFolder(options_), options_, state, learner_));
  ++checkpoints_;
  last_checkpoint_ = checkpoint_written_ = absl::Now();
  checkpoint_write_time_ = last_checkpoint_ - begin;
  return absl::OkStatus();
}

absl::Status Trainer::Finish() {
  MOYO_RETURN_IF_ERROR(ValidateAndKeepBest());
  // The record is of model.pt.
  MOYO_ASSIGN_OR_RETURN(const std::shared_ptr<Network> best, LoadNetwork(ModelPath(options_)));
  Judge(*best, options_.validation_positions);
  state_.finished = true;
  MOYO_RETURN_IF_ERROR(SaveState());
  Report(true);
  spdlog::info("training finished: {} samples in {}, model {}/model.pt", WithCommas(state_.samples),
               HumanDuration(absl::Seconds(ElapsedSeconds())), options_.run_dir);
  return absl::OkStatus();
}

void Trainer::Report(bool force, const std::string& error) {
  const absl::Time now = absl::Now();
  if (!force && now - last_report_ < kReportInterval) return;
  last_report_ = now;
  const double rate =
      (state_.samples - first_sample_) / std::max(1e-3, absl::ToDoubleSeconds(now - started_));
  const MemoryUse memory = ReadMemoryUse();
  v1::TrainingProgress p;
  p.set_epoch(std::min(options_.epochs, Epoch() + 1));
  p.set_epochs(options_.epochs);
  p.set_step(state_.step);
  p.set_samples(state_.samples);
  // Under a time limit the plan is what this rate can reach.
  p.set_planned_samples(std::max<uint64_t>(
      state_.samples, Progress() > 0
                          ? std::min<double>(planned_samples_, state_.samples / Progress())
                          : planned_samples_));
  p.set_samples_per_second(rate);
  p.set_loss(options_.policy_weight * state_.means.policy_loss +
             options_.value_weight * state_.means.value_loss);
  p.set_policy_loss(state_.means.policy_loss);
  p.set_value_loss(state_.means.value_loss);
  p.set_learning_rate(state_.learning_rate);
  p.set_top1(state_.validation.top1);
  p.set_top5(state_.validation.top5);
  p.set_nats(state_.validation.nats);
  p.set_value_accuracy(state_.validation.value_accuracy);
  p.set_validation_positions(state_.validation.positions);
  p.set_feed_wait_ratio(feed_wait_ratio_);
  p.set_checkpoints(checkpoints_);
  p.set_checkpoint_bytes(checkpoint_bytes_);
  p.set_checkpoint_unix_seconds(absl::ToUnixSeconds(checkpoint_written_));
  p.set_rss_bytes(memory.rss_bytes);
  p.set_vms_bytes(memory.vms_bytes);
  p.set_budget_bytes(options_.memory_budget_bytes);
  p.set_finished(state_.finished);
  p.set_error(error);
  p.set_dataset_digest(data_.digest);
  metrics_.Set(p, {.training_top1 = state_.means.top1,
                   .checkpoint_age_seconds = absl::ToDoubleSeconds(now - last_checkpoint_),
                   .checkpoint_write_seconds = absl::ToDoubleSeconds(checkpoint_write_time_),
                   .planned_bytes = plan_.total_bytes()});
  reporter_.Report(std::move(p));
  if (!force && now - last_log_ < kLogInterval) return;
  last_log_ = now;
  spdlog::info("{:5.1f}%  {} samples, {:.0f}/s, policy loss {:.3f}, value loss {:.3f}, rate {:.2g}",
               100 * std::min(1.0, Progress()), WithCommas(state_.samples), rate,
               state_.means.policy_loss, state_.means.value_loss, state_.learning_rate);
}

// The training loop.
absl::Status Trainer::Loop() {
  started_ = last_checkpoint_ = last_validation_ = absl::Now();
  MOYO_RETURN_IF_ERROR(Resume());
  if (state_.finished) {
    spdlog::info("training is finished already: top-1 {:.2f}%; 'moyo reset --model' starts anew",
                 100 * state_.validation.top1);
    Report(true);
    return absl::OkStatus();
  }
  started_ = last_checkpoint_ = last_validation_ = absl::Now();
  Feed feed(Sampler(*data_.dataset, data_.dataset->training(), options_.seed, options_.augment),
            state_.samples, planned_samples_, options_.batch_size);
  while (Progress() < 1 && feed.Next(batch_)) {
    MOYO_RETURN_IF_ERROR(Step());
    feed_wait_ratio_ = feed.waited() / (absl::Now() - started_);
    Report(false);
    if (absl::Now() - last_validation_ >= options_.validation_interval) {
      MOYO_RETURN_IF_ERROR(ValidateAndKeepBest());
    }
    if (absl::Now() - last_checkpoint_ >= options_.checkpoint_interval) {
      MOYO_RETURN_IF_ERROR(SaveState());
    }
    if (ShutdownRequested()) return SaveState();
  }
  return Finish();
}

absl::Status Trainer::Run() {
  absl::Status status;
  try {
    status = Loop();
  } catch (const std::exception& error) {  // Torch's
    status = absl::InternalError(absl::StrCat("training failed: ", error.what()));
  }
  if (!status.ok()) Report(true, std::string(status.message()));
  return status;
}

}  // namespace moyo::trainer
