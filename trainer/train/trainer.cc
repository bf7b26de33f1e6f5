#include "trainer/train/trainer.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/base/clock.h"
#include "common/base/shutdown.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
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

void AddToMeans(const StepResult& result, RunningMeans& means) {
  const double memory = std::exchange(means.started, true) ? kMeanMemory : 0;
  const auto add = [memory](double value, double& mean) {
    mean = memory * mean + (1 - memory) * value;
  };
  add(result.policy_loss, means.policy_loss);
  add(result.value_loss, means.value_loss);
  add(result.ownership_loss, means.ownership_loss);
  add(result.top1, means.top1);
}

// A quarter of the final validation, always the same positions.
JudgedBy IntermediateValidation(const TrainingOptions& options) {
  return {.positions = std::max<uint64_t>(1, options.validation_positions / 4),
          .percent = options.validation_percent};
}

}  // namespace

Trainer::Trainer(const TrainingOptions& options, DatasetSource& source,
                 std::unique_ptr<WindowedDataset> data, const MemoryPlan& plan,
                 torch::Device device, std::optional<Checkpoint> checkpoint,
                 std::shared_ptr<Network> first, Group& group, TrainingObserver& observer)
    : options_(options),
      source_(source),
      data_(std::move(data)),
      plan_(plan),
      checkpoint_(std::move(checkpoint)),
      first_(std::move(first)),
      device_(device),
      group_(group),
      learner_(options, plan.micro_batch, device, group),
      observer_(observer),
      loss_log_(options.loss_log) {}

double Trainer::Progress() const {
  const double epochs =
      state_.epoch + static_cast<double>(Index()) / static_cast<double>(state_.epoch_positions);
  double progress = epochs / static_cast<double>(options_.epochs);
  if (options_.max_samples > 0) {
    progress = std::max(
        progress, static_cast<double>(state_.learned) / static_cast<double>(options_.max_samples));
  }
  return std::max(progress, time_progress_);
}

absl::StatusOr<Trainer::Orders> Trainer::Agree() {
  // Of the first rank, except that any may stop.
  double numbers[] = {ShutdownRequested() ? 1.0 : 0.0, 0, 0, 0};
  if (group_.is_first()) {
    const absl::Time now = Clock::Steady().Now();
    numbers[1] = ElapsedSeconds() / absl::ToDoubleSeconds(options_.max_time);
    numbers[2] = now - last_validation_ >= options_.validation_interval ? 1 : 0;
    numbers[3] = now - last_checkpoint_ >= options_.checkpoint_interval ? 1 : 0;
  }
  MOYO_RETURN_IF_ERROR(group_.Sum(numbers));
  time_progress_ = numbers[1];
  stopping_ = numbers[0] > 0;
  return Orders{.stop = stopping_, .validate = numbers[2] > 0, .checkpoint = numbers[3] > 0};
}

uint64_t Trainer::PlannedSamples() const {
  const uint64_t epochs_left = options_.epochs - std::min(options_.epochs, state_.epoch);
  const uint64_t by_epochs = state_.epoch_first_sample + epochs_left * state_.epoch_positions;
  if (options_.max_samples == 0) return by_epochs;
  const uint64_t left = options_.max_samples - std::min(options_.max_samples, state_.learned);
  return std::min(by_epochs, state_.samples + left);
}

void Trainer::TakeDataset() {
  state_.dataset_digest = data_->digest();
  state_.epoch_positions = data_->training_positions();
}

absl::Status Trainer::Resume() {
  if (checkpoint_.has_value()) {
    learner_.Load(checkpoint_->learner);
    checkpoint_bytes_ = checkpoint_->file_bytes;
    checkpoint_written_ = checkpoint_->written;
    state_ = checkpoint_->state;
    MOYO_RETURN_IF_ERROR(KeepModelComplete());
    if (state_.dataset_digest != data_->digest()) {
      GoOnWithOtherGames();
    } else if (!state_.finished && state_.best_top1 >= 0 && state_.judged_by.positions > 0 &&
               state_.judged_by != IntermediateValidation(options_)) {
      spdlog::info("the validation has changed: the best network is judged anew");
      JudgeBest();
    }
    spdlog::info("resuming at sample {} of {}", WithCommas(state_.samples),
                 WithCommas(PlannedSamples()));
    checkpoint_.reset();
  } else if (first_ != nullptr) {
    learner_.StartFrom(*first_);
  }
  first_.reset();
  MOYO_RETURN_IF_ERROR(ShareState());
  TakeDataset();
  state_.resolved = {options_.threads, plan_.micro_batch, plan_.games_bytes, options_.precision};
  first_step_ = state_.step;
  first_sample_ = state_.samples;
  return absl::OkStatus();
}

// Weights, optimizer and place of the first rank, on all.
absl::Status Trainer::ShareState() {
  if (group_.size() == 1) return absl::OkStatus();
  std::string bytes;
  if (group_.is_first()) {
    MOYO_ASSIGN_OR_RETURN(bytes, CheckpointBytes(options_, state_, learner_));
  }
  MOYO_ASSIGN_OR_RETURN(bytes, group_.FromFirst(std::move(bytes)));
  if (group_.is_first()) return absl::OkStatus();
  MOYO_ASSIGN_OR_RETURN(Checkpoint received, CheckpointOf(bytes));
  learner_.Load(received.learner);
  state_ = received.state;
  return absl::OkStatus();
}

// model.pt is written right after the checkpoint of its step: a kill between the two, or a file
// that was removed or damaged, is made good here.
absl::Status Trainer::KeepModelComplete() {
  const bool missing = !LoadNetwork(ModelPath(options_)).ok();
  if (state_.best_top1 < 0 || !(missing || state_.best_step == state_.step)) {
    return absl::OkStatus();
  }
  const auto best = ReadNetworkOfStep(CheckpointFolder(options_), state_.best_step, options_.shape);
  if (best.ok()) return SaveModel(**best, ModelPath(options_), state_.best_value_scale);
  if (missing) {  // then whatever comes next is the best
    state_.best_top1 = -1;
    state_.finished = false;
  }
  return absl::OkStatus();
}

// The dataset is another one than the checkpoint's. After a finished schedule a new one starts from
// its weights. An unfinished epoch whose dataset cannot be had any more goes on at the same share.
void Trainer::GoOnWithOtherGames() {
  const bool finished = std::exchange(state_.finished, false);
  const uint64_t before = state_.epoch_positions;
  const double share = static_cast<double>(Index()) / static_cast<double>(before);
  TakeDataset();
  if (finished) {
    state_.samples = state_.learned = state_.epoch = state_.epoch_first_sample = 0;
    state_.elapsed_seconds = 0;
  } else {
    state_.epoch_first_sample = state_.epoch * state_.epoch_positions;
    state_.samples = state_.epoch_first_sample +
                     static_cast<uint64_t>(share * static_cast<double>(state_.epoch_positions));
  }
  spdlog::info(
      "the dataset has changed: from {} to {} training positions; {}", WithCommas(before),
      WithCommas(state_.epoch_positions),
      finished ? "a new schedule starts from the trained weights" : "the schedule goes on");
  JudgeBest();
}

// What model.pt must be beaten at: the validation games of a new dataset, or other ones of it.
void Trainer::JudgeBest() {
  if (!group_.is_first()) return;
  state_.best_top1 = -1;
  const auto best = LoadNetwork(ModelPath(options_));
  if (!best.ok()) return;
  (*best)->to(device_);
  state_.judged_by = IntermediateValidation(options_);
  Judge(**best, state_.judged_by.positions);
  state_.best_top1 = state_.validation.top1;
}

// The newest shards, or null to keep those there are.
absl::StatusOr<std::shared_ptr<const ShardSet>> Trainer::NextShards() {
  std::shared_ptr<const ShardSet> shards;
  if (group_.is_first()) {
    const auto newest = source_.Newest();
    if (!newest.ok()) {
      spdlog::warn("the next epoch keeps its games: {}", std::string(newest.status().message()));
    } else if ((*newest)->digest() != data_->digest()) {
      shards = *newest;
    }
  }
  if (group_.size() == 1) return shards;
  MOYO_ASSIGN_OR_RETURN(const std::string manifest,
                        group_.FromFirst(shards == nullptr ? "" : shards->manifest()));
  if (group_.is_first() || manifest.empty()) return shards;
  return source_.OfManifest(manifest);
}

// The running epoch has ended on its manifest; the next one takes the newest.
absl::Status Trainer::BeginNextEpoch() {
  ++state_.epoch;
  state_.epoch_first_sample = state_.samples;
  if (!EpochsLeft()) return absl::OkStatus();
  MOYO_ASSIGN_OR_RETURN(const std::shared_ptr<const ShardSet> shards, NextShards());
  if (shards == nullptr) return absl::OkStatus();
  const std::shared_ptr<const ShardSet> before = data_->shards();
  const auto open = [this](std::shared_ptr<const ShardSet> games) {
    return WindowedDataset::Open(std::move(games), options_.validation_percent, plan_.games_bytes);
  };
  data_.reset();  // before the next one takes its memory
  auto next = open(shards);
  if (absl::IsResourceExhausted(next.status())) {
    spdlog::warn("the next epoch keeps its games: {}", std::string(next.status().message()));
    MOYO_ASSIGN_OR_RETURN(data_, open(before));
    return absl::OkStatus();
  }
  MOYO_ASSIGN_OR_RETURN(data_, std::move(next));
  spdlog::info("epoch {} has other games: {} training positions, {} before", state_.epoch + 1,
               WithCommas(data_->training_positions()), WithCommas(state_.epoch_positions));
  TakeDataset();
  JudgeBest();
  return absl::OkStatus();
}

absl::Status Trainer::Diverged(const char* what, uint64_t step) const {
  return absl::InternalError(absl::StrFormat(
      "%s at step %d, epoch %d, indices %d to %d; the last good checkpoint stands: lower "
      "--learning-rate and run again with --fork",
      what, step, batch_.epoch + 1, batch_.first_index,
      batch_.first_index + batch_.whole_size - 1));
}

absl::Status Trainer::Step() {
  state_.learning_rate = LearningRateAt(options_, Progress());
  MOYO_ASSIGN_OR_RETURN(const StepResult result, learner_.Step(batch_, state_.learning_rate));
  if (!result.finite) {
    return Diverged(
        result.losses_are_finite() ? "the gradient is not finite" : "the loss is not finite",
        state_.step + 1);
  }
  if (result.skipped) {
    spdlog::info(
        "step {} is skipped, as a gradient overflowed; the loss is scaled by {} now ({} skipped so "
        "far)",
        state_.step + 1, learner_.scaler().scale(), learner_.scaler().skipped());
  }
  AddToMeans(result, state_.means);
  state_.samples += batch_.whole_size;
  state_.learned += batch_.whole_size;
  ++state_.step;
  return group_.is_first() ? loss_log_.Add(state_.step, result) : absl::OkStatus();
}

void Trainer::Judge(Network& network, uint64_t positions) {
  state_.validation = Validate(data_->validation(), network, options_.precision, positions);
  last_validation_ = Clock::Steady().Now();
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
  if (!curve.flush()) spdlog::warn("cannot write '{}/trainer/curve.csv'", options_.run_dir);
}

absl::Status Trainer::ValidateAndKeepBest() {
  if (!group_.is_first()) return absl::OkStatus();
  const JudgedBy by = IntermediateValidation(options_);
  Judge(learner_.judged(), by.positions);
  if (state_.validation.top1 < state_.best_top1) return absl::OkStatus();
  state_.judged_by = by;
  state_.best_top1 = state_.validation.top1;
  state_.best_step = state_.step;
  state_.best_value_scale = state_.validation.value_scale;
  MOYO_RETURN_IF_ERROR(SaveState());
  return SaveModel(learner_.judged(), ModelPath(options_), state_.best_value_scale);
}

absl::Status Trainer::SaveState() {
  if (!group_.is_first()) return absl::OkStatus();
  // A checkpoint is one to go on from.
  if (!learner_.IsSound(batch_)) return Diverged("the update broke the weights", state_.step);
  TrainingState state = state_;
  const absl::Time begin = Clock::Steady().Now();
  state.elapsed_seconds = ElapsedSeconds();
  MOYO_ASSIGN_OR_RETURN(checkpoint_bytes_,
                        SaveCheckpoint(CheckpointFolder(options_), options_, state, learner_));
  ++checkpoints_;
  last_checkpoint_ = Clock::Steady().Now();
  checkpoint_written_ = absl::Now();  // as its file says it
  checkpoint_write_time_ = last_checkpoint_ - begin;
  return absl::OkStatus();
}

absl::Status Trainer::Finish() {
  if (!group_.is_first()) {
    state_.finished = true;
    return absl::OkStatus();
  }
  MOYO_RETURN_IF_ERROR(ValidateAndKeepBest());
  // The record is of model.pt.
  MOYO_ASSIGN_OR_RETURN(const std::shared_ptr<Network> best, LoadNetwork(ModelPath(options_)));
  best->to(device_);
  Judge(*best, options_.validation_positions);
  state_.finished = true;
  MOYO_RETURN_IF_ERROR(SaveState());
  Report(true);
  spdlog::info("training finished: {} samples in {}, model {}/model.pt", WithCommas(state_.samples),
               HumanDuration(absl::Seconds(ElapsedSeconds())), options_.run_dir);
  return absl::OkStatus();
}

void Trainer::Report(bool force, const std::string& error) {
  const absl::Time now = Clock::Steady().Now();
  if (!group_.is_first() || (!force && now - last_report_ < kReportInterval)) return;
  last_report_ = now;
  const double rate =
      (state_.samples - first_sample_) / std::max(1e-3, absl::ToDoubleSeconds(now - started_));
  // Under a time limit the plan is what this rate can reach.
  const double planned = Progress() > 0
                             ? std::min<double>(PlannedSamples(), state_.samples / Progress())
                             : PlannedSamples();
  observer_.OnReport({.epoch = std::min(options_.epochs, state_.epoch + 1),
                      .epochs = options_.epochs,
                      .step = state_.step,
                      .samples = state_.samples,
                      .first_step = first_step_,
                      .first_samples = first_sample_,
                      .planned_samples = std::max(state_.samples, static_cast<uint64_t>(planned)),
                      .samples_per_second = rate,
                      .learning_rate = state_.learning_rate,
                      .loss = options_.policy_weight * state_.means.policy_loss +
                              options_.value_weight * state_.means.value_loss +
                              options_.ownership_weight * state_.means.ownership_loss,
                      .policy_loss = state_.means.policy_loss,
                      .value_loss = state_.means.value_loss,
                      .training_top1 = state_.means.top1,
                      .validation = state_.validation,
                      .feed_wait_ratio = absl::FDivDuration(
                          feed_waited_, std::max(absl::Milliseconds(1), now - started_)),
                      .checkpoints = checkpoints_,
                      .checkpoint_bytes = checkpoint_bytes_,
                      .checkpoint_written = checkpoint_written_,
                      .checkpoint_age = now - last_checkpoint_,
                      .checkpoint_write_time = checkpoint_write_time_,
                      .ranks = group_.size(),
                      .budget_bytes = options_.memory_budget_bytes,
                      .planned_bytes = plan_.total_bytes(),
                      .finished = state_.finished,
                      .error = error,
                      .dataset_digest = state_.dataset_digest});
  if (!force && now - last_log_ < kLogInterval) return;
  last_log_ = now;
  const std::string ownership_loss =
      options_.ownership_weight > 0
          ? absl::StrFormat(", ownership loss %.3f", state_.means.ownership_loss)
          : "";
  spdlog::info(
      "{:5.1f}%  {} samples, {:.0f}/s, policy loss {:.3f}, value loss {:.3f}{}, rate {:.2g}",
      100 * std::min(1.0, Progress()), WithCommas(state_.samples), rate, state_.means.policy_loss,
      state_.means.value_loss, ownership_loss, state_.learning_rate);
}

// The training loop: TrainEpoch, epoch after epoch.
absl::Status Trainer::Loop() {
  started_ = last_checkpoint_ = last_validation_ = Clock::Steady().Now();
  MOYO_RETURN_IF_ERROR(Resume());
  if (state_.finished) {
    spdlog::info("training is finished already: top-1 {:.2f}%; 'moyo reset --model' starts anew",
                 100 * state_.validation.top1);
    Report(true);
    return absl::OkStatus();
  }
  started_ = last_checkpoint_ = last_validation_ = Clock::Steady().Now();
  MOYO_RETURN_IF_ERROR(Agree().status());
  while (EpochsLeft() && !stopping_) {
    MOYO_RETURN_IF_ERROR(TrainEpoch());
    if (Index() < state_.epoch_positions) break;  // time, samples or shutdown
    MOYO_RETURN_IF_ERROR(BeginNextEpoch());
  }
  return stopping_ ? SaveState() : Finish();
}

absl::Status Trainer::TrainEpoch() {
  EpochReader reader(*data_, {.epoch = state_.epoch, .first_sample = state_.epoch_first_sample},
                     options_.seed, options_.augment,
                     options_.ownership_weight > 0 ? Ownership::kGiven : Ownership::kLeftOut);
  const uint64_t end = std::min(reader.size(), PlannedSamples() - state_.epoch_first_sample);
  Feed feed(std::move(reader), Index(), end, options_.batch_size, learner_.share());
  const absl::Duration waited_before = feed_waited_;
  for (;;) {
    MOYO_ASSIGN_OR_RETURN(const Orders orders, Agree());
    if (orders.stop || Progress() >= 1) return absl::OkStatus();
    MOYO_ASSIGN_OR_RETURN(const bool more, feed.Next(batch_));
    if (!more) return absl::OkStatus();
    MOYO_RETURN_IF_ERROR(Step());
    feed_waited_ = waited_before + feed.waited();
    Report(false);
    if (orders.validate) MOYO_RETURN_IF_ERROR(ValidateAndKeepBest());
    if (orders.checkpoint) MOYO_RETURN_IF_ERROR(SaveState());
  }
}

absl::Status Trainer::Run() {
  absl::Status status;
  try {
    status = Loop();
  } catch (const std::exception& error) {  // Torch's
    status = absl::InternalError(absl::StrCat("training failed: ", error.what()));
  }
  if (group_.lost()) {
    status = absl::UnavailableError(
        absl::StrCat("step ", state_.step + 1, " cannot end: ", status.message()));
  }
  if (!status.ok()) Report(true, std::string(status.message()));
  return status;
}

}  // namespace moyo::trainer
