#include "trainer/checkpoint/checkpoint.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/base/digest.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"

namespace moyo::trainer {
namespace {

using Json = nlohmann::json;

// What decides the sequence of samples and updates, under the names of the command line.
Json SequenceOptions(const TrainingOptions& options) {
  return {
      {"--batch-size", options.batch_size},
      {"--blocks", options.shape.blocks},
      {"--filters", options.shape.filters},
      {"--epochs", options.epochs},
      {"--learning-rate", options.learning_rate},
      {"--schedule", static_cast<int>(options.schedule)},
      {"--optimizer", static_cast<int>(options.optimizer)},
      {"--weight-decay", options.weight_decay},
      {"--warmup", options.warmup},
      {"--value-weight", options.value_weight},
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
          {"finished", state.finished},
          {"dataset_digest", Hex(state.dataset_digest)},
          {"epoch_positions", state.epoch_positions},
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
  state.finished = json.at("finished");
  state.dataset_digest = absl::HexStringToBytes(json.at("dataset_digest").get<std::string>());
  state.epoch_positions = json.at("epoch_positions");
  const Json& validation = json.at("validation");
  state.validation = {validation.at(0), validation.at(1), validation.at(2), validation.at(3),
                      validation.at(4)};
  return state;
}

// Newest first.
std::vector<std::string> ListCheckpoints(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (absl::StartsWith(name, "step-") && absl::EndsWith(name, ".pt"))
      paths.push_back(entry.path());
  }
  std::sort(paths.rbegin(), paths.rend());
  return paths;
}

// True when options changed and a fork goes on in spite of it.
absl::StatusOr<bool> CheckOptions(const Json& stored, const Json& wanted, bool fork) {
  std::vector<std::string> changed, fixed;
  for (const auto& [name, value] : wanted.items()) {
    if (stored.contains(name) && stored.at(name) == value) continue;
    changed.push_back(name);
    // The stored weights and optimizer state fit no other.
    if (name == "--blocks" || name == "--filters" || name == "--optimizer") fixed.push_back(name);
  }
  if (changed.empty()) return false;
  if (!fork) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the checkpoint was trained with other values of ", absl::StrJoin(changed, ", "),
        "; give the same ones, or --fork to go on with the new ones, or 'moyo reset --model'"));
  }
  if (fixed.empty()) return true;
  return absl::FailedPreconditionError(
      absl::StrCat("--fork cannot change ", absl::StrJoin(fixed, ", "),
                   "; give the checkpoint's, or 'moyo reset --model' to start anew"));
}

}  // namespace

absl::StatusOr<uint64_t> SaveCheckpoint(const std::string& folder, const TrainingOptions& options,
                                        const TrainingState& state, const Tower& tower,
                                        const Optimizer& optimizer) {
  MOYO_RETURN_IF_ERROR(MakeFolder(folder));
  std::ostringstream bytes;
  try {
    torch::serialize::OutputArchive archive, tower_archive, optimizer_archive;
    tower->save(tower_archive);
    optimizer.Save(optimizer_archive);
    const Json json = {{"format", kCheckpointFormat},
                       {"options", SequenceOptions(options)},
                       {"state", ToJson(state)}};
    archive.write("moyo", c10::IValue(json.dump()));
    archive.write("tower", tower_archive);
    archive.write("optimizer", optimizer_archive);
    archive.save_to(bytes);
  } catch (const std::exception& error) {  // Torch's
    return absl::InternalError(absl::StrCat("cannot save a checkpoint: ", error.what()));
  }
  const std::string file = bytes.str();
  MOYO_RETURN_IF_ERROR(
      WriteFileAtomically(absl::StrFormat("%s/step-%010d.pt", folder, state.step), file));
  const std::vector<std::string> all = ListCheckpoints(folder);
  for (size_t i = kCheckpointsKept; i < all.size(); ++i) std::filesystem::remove(all[i]);
  return file.size();
}

absl::StatusOr<std::optional<TrainingState>> LoadCheckpoint(const std::string& folder,
                                                            const TrainingOptions& options,
                                                            Tower& tower, Optimizer& optimizer) {
  const std::vector<std::string> paths = ListCheckpoints(folder);
  for (const std::string& path : paths) {
    try {
      torch::serialize::InputArchive archive, tower_archive, optimizer_archive;
      archive.load_from(path);
      c10::IValue entry;
      archive.read("moyo", entry);
      const Json json = Json::parse(entry.toStringRef());
      if (json.at("format") != kCheckpointFormat) {
        return absl::FailedPreconditionError(absl::StrCat("checkpoint '", path, "' has format ",
                                                          json.at("format").dump(),
                                                          "; use the trainer that wrote it"));
      }
      MOYO_ASSIGN_OR_RETURN(
          const bool forked,
          CheckOptions(json.at("options"), SequenceOptions(options), options.fork));
      archive.read("tower", tower_archive);
      archive.read("optimizer", optimizer_archive);
      tower->load(tower_archive);
      optimizer.Load(optimizer_archive);
      TrainingState state = StateFromJson(json.at("state"));
      if (forked) state.finished = false;  // the new options may leave more to do
      return state;
    } catch (const std::exception&) {
      continue;  // damaged: an older one stands behind it
    }
  }
  if (paths.empty()) return std::nullopt;
  // Starting over here would lose the run without a word.
  return absl::DataLossError(absl::StrCat("none of the ", paths.size(), " checkpoints in '", folder,
                                          "' can be read; 'moyo reset --model' starts anew"));
}

}  // namespace moyo::trainer
