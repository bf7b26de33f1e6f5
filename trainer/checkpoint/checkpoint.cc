#include "trainer/checkpoint/checkpoint.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/base/digest.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "trainer/checkpoint/checkpoint_files.h"
#include "trainer/checkpoint/run_record.h"

namespace moyo::trainer {
namespace {

using Json = nlohmann::json;

// What decides the sequence of samples and updates, under the names of the command line.
Json SequenceOptions(const TrainingOptions& options) {
  return {
      {"--architecture", std::string(ArchitectureName(options.shape.architecture))},
      {"--batch-size", options.batch_size},
      {"--blocks", options.shape.blocks},
      {"--filters", options.shape.filters},
      {"--init", options.init},
      {"--epochs", options.epochs},
      {"--max-samples", options.max_samples},
      {"--precision", static_cast<int>(options.precision)},
      {"--loss-scale", options.loss_scale},
      {"--learning-rate", options.learning_rate},
      {"--schedule", static_cast<int>(options.schedule)},
      {"--decay-at", options.decay_at},
      {"--decay-factor", options.decay_factor},
      {"--optimizer", static_cast<int>(options.optimizer)},
      {"--weight-decay", options.weight_decay},
      {"--warmup", options.warmup},
      {"--policy-weight", options.policy_weight},
      {"--value-weight", options.value_weight},
      {"--label-smoothing", options.label_smoothing},
      {"--ema", options.ema},
      {"--clip-norm", options.clip_norm},
      {"--augment", static_cast<int>(options.augment)},
      {"--validation-percent", options.validation_percent},
      {"--seed", options.seed},
      {"--max-minutes", absl::ToDoubleMinutes(std::min(options.max_time, absl::Hours(1000000)))}};
}

Json ToJson(const TrainingState& state) {
  return {{"samples", state.samples},
          {"step", state.step},
          {"elapsed_seconds", state.elapsed_seconds},
          {"best_top1", state.best_top1},
          {"best_step", state.best_step},
          {"finished", state.finished},
          {"dataset_digest", Hex(state.dataset_digest)},
          {"epoch", state.epoch},
          {"epoch_first_sample", state.epoch_first_sample},
          {"epoch_positions", state.epoch_positions},
          {"learning_rate", state.learning_rate},
          {"means", {state.means.policy_loss, state.means.value_loss, state.means.top1}},
          {"means_started", state.means.started},
          {"threads", state.resolved.threads},
          {"micro_batch", state.resolved.micro_batch},
          {"games_bytes", state.resolved.games_bytes},
          {"validation",
           {state.validation.positions, state.validation.top1, state.validation.top5,
            state.validation.nats, state.validation.value_accuracy}}};
}

TrainingState StateFromJson(const Json& json) {
  TrainingState state;
  state.samples = json.at("samples");
  state.step = json.at("step");
  state.elapsed_seconds = json.at("elapsed_seconds");
  state.best_top1 = json.at("best_top1");
  state.best_step = json.value("best_step", uint64_t{0});
  state.finished = json.at("finished");
  state.dataset_digest = absl::HexStringToBytes(json.at("dataset_digest").get<std::string>());
  state.epoch_positions = json.at("epoch_positions");
  // The first version counted epochs in samples.
  const uint64_t epoch = state.samples / std::max<uint64_t>(1, state.epoch_positions);
  state.epoch = json.value("epoch", epoch);
  state.epoch_first_sample = json.value("epoch_first_sample", state.epoch * state.epoch_positions);
  state.learning_rate = json.value("learning_rate", 0.0);
  if (json.contains("means")) {
    const Json& means = json.at("means");
    state.means = {means.at(0), means.at(1), means.at(2), json.at("means_started")};
  }
  state.resolved = {json.value("threads", 0), json.value("micro_batch", uint32_t{0}),
                    json.value("games_bytes", uint64_t{0})};
  const Json& validation = json.at("validation");
  state.validation = {validation.at(0), validation.at(1), validation.at(2), validation.at(3),
                      validation.at(4)};
  return state;
}

// The names of the options that differ from the checkpoint's. A name that it does not know is an
// option that came later: it was trained with that option's default.
std::vector<std::string> ChangedOptions(const Json& stored, const TrainingOptions& options,
                                        const ResolvedOptions& resolved) {
  std::vector<std::string> changed;
  TrainingOptions first_version;  // what it had no option for
  first_version.shape.architecture = Architecture::kLeelaZero;
  const Json defaults = SequenceOptions(first_version), wanted = SequenceOptions(options);
  for (const auto& [name, value] : wanted.items()) {
    if ((stored.contains(name) ? stored : defaults).at(name) != value) changed.push_back(name);
  }
  // Automatic ones follow the checkpoint.
  if (options.threads > 0 && resolved.threads > 0 && options.threads != resolved.threads) {
    changed.push_back("--threads");
  }
  const auto whole = [&options](uint32_t micro_batch) {  // 0 and the whole batch are the same
    return micro_batch == 0 ? options.batch_size : std::min(micro_batch, options.batch_size);
  };
  if (options.micro_batch > 0 && whole(options.micro_batch) != whole(resolved.micro_batch)) {
    changed.push_back("--micro-batch");
  }
  if (options.games_bytes > 0 && resolved.games_bytes > 0 &&
      options.games_bytes != resolved.games_bytes) {
    changed.push_back("--games-memory");
  }
  return changed;
}

// OK when nothing changed, or a fork goes on in spite of it.
absl::Status CheckChanged(const std::vector<std::string>& changed, bool fork) {
  if (changed.empty()) return absl::OkStatus();
  if (!fork) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the checkpoint was trained with other values of ", absl::StrJoin(changed, ", "),
        "; give the same ones, or --fork to go on with the new ones, or 'moyo reset --model'"));
  }
  std::vector<std::string> fixed;  // the stored weights and optimizer state fit no other
  for (const std::string& name : changed) {
    if (name == "--architecture" || name == "--blocks" || name == "--filters" || name == "--init" ||
        name == "--optimizer") {
      fixed.push_back(name);
    }
  }
  if (fixed.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("--fork cannot change ", absl::StrJoin(fixed, ", "),
                   "; give the checkpoint's, or 'moyo reset --model' to start anew"));
}

// State and learner, and the options that they were trained with. Throws Torch's and JSON's
// exceptions for a damaged archive. `where` is for messages.
absl::Status ReadArchive(const std::string& where, Checkpoint& checkpoint, Json& options) {
  c10::IValue entry;
  checkpoint.learner.read("moyo", entry);
  const Json json = Json::parse(entry.toStringRef());
  if (json.at("format") != kCheckpointFormat) {
    return absl::FailedPreconditionError(absl::StrCat(
        where, " has format ", json.at("format").dump(), "; use the trainer that wrote it"));
  }
  checkpoint.state = StateFromJson(json.at("state"));
  options = json.at("options");
  return absl::OkStatus();
}

// So, too.
absl::StatusOr<Checkpoint> ReadCheckpoint(const std::string& path, const std::string& archive,
                                          const TrainingOptions& options) {
  Checkpoint checkpoint;
  checkpoint.learner.load_from(archive.data(), archive.size(), torch::kCPU);
  Json stored;
  MOYO_RETURN_IF_ERROR(ReadArchive(absl::StrCat("checkpoint '", path, "'"), checkpoint, stored));
  const std::vector<std::string> changed =
      ChangedOptions(stored, options, checkpoint.state.resolved);
  MOYO_RETURN_IF_ERROR(CheckChanged(changed, options.fork));
  if (!changed.empty()) checkpoint.state.finished = false;  // there may be more to do
  checkpoint.file_bytes = std::filesystem::file_size(path);
  checkpoint.written =
      absl::FromChrono(std::chrono::file_clock::to_sys(std::filesystem::last_write_time(path)));
  return checkpoint;
}

}  // namespace

absl::StatusOr<std::string> CheckpointBytes(const TrainingOptions& options,
                                            const TrainingState& state, const Learner& learner) {
  std::ostringstream bytes;
  try {
    torch::serialize::OutputArchive archive;
    learner.Save(archive);
    const Json json = {{"format", kCheckpointFormat},
                       {"options", SequenceOptions(options)},
                       {"state", ToJson(state)}};
    archive.write("moyo", c10::IValue(json.dump()));
    archive.save_to(bytes);
  } catch (const std::exception& error) {  // Torch's
    return absl::InternalError(absl::StrCat("cannot save a checkpoint: ", error.what()));
  }
  return bytes.str();
}

absl::StatusOr<Checkpoint> CheckpointOf(const std::string& bytes) {
  try {
    Checkpoint checkpoint;
    checkpoint.learner.load_from(bytes.data(), bytes.size(), torch::kCPU);
    Json stored;
    MOYO_RETURN_IF_ERROR(ReadArchive("the state of rank 0", checkpoint, stored));
    return checkpoint;
  } catch (const std::exception& error) {  // Torch's and JSON's
    return absl::InternalError(absl::StrCat("cannot read a checkpoint: ", error.what()));
  }
}

std::string SequenceText(const TrainingOptions& options) { return SequenceOptions(options).dump(); }

std::vector<std::string> SequenceDifferences(const std::string& text,
                                             const TrainingOptions& options) {
  std::vector<std::string> different;
  const Json other = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const Json own = SequenceOptions(options);
  for (const auto& [name, value] : own.items()) {
    if (!other.is_object() || !other.contains(name) || other.at(name) != value) {
      different.push_back(name);
    }
  }
  return different;
}

absl::StatusOr<uint64_t> SaveCheckpoint(const std::string& folder, const TrainingOptions& options,
                                        const TrainingState& state, const Learner& learner) {
  MOYO_RETURN_IF_ERROR(MakeFolder(folder));
  MOYO_ASSIGN_OR_RETURN(const std::string archive, CheckpointBytes(options, state, learner));
  MOYO_ASSIGN_OR_RETURN(const uint64_t file_bytes,
                        WriteCheckpointFile(CheckpointPath(folder, state.step), archive));
  RemoveOldCheckpoints(folder, options.keep_checkpoints, state.step, state.best_step);
  return file_bytes;
}

absl::StatusOr<std::optional<Checkpoint>> FindCheckpoint(const std::string& folder,
                                                         const TrainingOptions& options) {
  const std::vector<std::string> paths = ListCheckpoints(folder);
  for (const std::string& path : paths) {
    const absl::StatusOr<std::string> archive = ReadCheckpointFile(path);
    if (absl::IsDataLoss(archive.status())) continue;
    MOYO_RETURN_IF_ERROR(archive.status());
    try {
      MOYO_ASSIGN_OR_RETURN(Checkpoint checkpoint, ReadCheckpoint(path, *archive, options));
      return std::optional<Checkpoint>(std::move(checkpoint));
    } catch (const std::exception&) {
      continue;  // damaged: an older one stands behind it
    }
  }
  if (paths.empty()) return std::nullopt;
  // Starting over here would lose the run without a word.
  return absl::DataLossError(absl::StrCat("none of the ", paths.size(), " checkpoints in '", folder,
                                          "' can be read; 'moyo reset --model' starts anew"));
}

absl::StatusOr<std::shared_ptr<Network>> ReadNetworkOfStep(const std::string& folder, uint64_t step,
                                                           const NetShape& shape) {
  const absl::StatusOr<std::string> file = ReadCheckpointFile(CheckpointPath(folder, step));
  try {
    torch::serialize::InputArchive archive;
    if (file.ok()) {
      archive.load_from(file->data(), file->size(), torch::kCPU);
      return Learner::ReadJudged(archive, shape);
    }
  } catch (const std::exception&) {  // Torch's: it is damaged
  }
  return absl::NotFoundError(absl::StrCat("no checkpoint of step ", step, " can be read"));
}

absl::StatusOr<RunRecord> ReadRunRecord(const std::string& run_dir) {
  const std::string folder = run_dir + "/trainer/checkpoints";
  for (const std::string& path : ListCheckpoints(folder)) {
    try {
      const absl::StatusOr<std::string> file = ReadCheckpointFile(path);
      if (!file.ok()) continue;  // damaged, or removed just now
      Checkpoint checkpoint;
      checkpoint.learner.load_from(file->data(), file->size(), torch::kCPU);
      Json options;
      MOYO_RETURN_IF_ERROR(
          ReadArchive(absl::StrCat("checkpoint '", path, "'"), checkpoint, options));
      const TrainingState& state = checkpoint.state;
      return RunRecord{.step = state.step,
                       .samples = state.samples,
                       .epoch = state.epoch,
                       .elapsed_seconds = state.elapsed_seconds,
                       .finished = state.finished,
                       .best_top1 = state.best_top1,
                       .best_step = state.best_step,
                       .dataset_digest = state.dataset_digest,
                       .validation_percent = options.at("--validation-percent"),
                       .options = options.dump()};
    } catch (const std::exception&) {
      continue;  // damaged
    }
  }
  return absl::NotFoundError(absl::StrCat("no checkpoint in '", folder,
                                          "' can be read; give the folder of a run as "
                                          "--run-dir"));
}

}  // namespace moyo::trainer
