#include "trainer/checkpoint/checkpoint.h"

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "trainer/checkpoint/checkpoint_files.h"
#include "trainer/checkpoint/run_record.h"
#include "trainer/checkpoint/sequence_options.h"

namespace moyo::trainer {
namespace {

using Json = nlohmann::json;

struct Archive {
  Checkpoint checkpoint;
  Json options;  // that it was trained with
};

// Format 1 had no liberties among the input of gpool, and is the same otherwise.
bool IsReadable(const Json& json) {
  return json.at("format") == kCheckpointFormat ||
         (json.at("format") == 1 &&
          json.at("options").value("--architecture", "leela-zero") == "leela-zero");
}

// FAILED_PRECONDITION: of another format. Throws Torch's and JSON's exceptions for damaged bytes.
// `where` is for messages.
absl::StatusOr<Archive> ReadArchive(const std::string& where, const std::string& bytes) {
  Archive archive;
  archive.checkpoint.learner.load_from(bytes.data(), bytes.size(), torch::kCPU);
  c10::IValue entry;
  archive.checkpoint.learner.read("moyo", entry);
  const Json json = Json::parse(entry.toStringRef());
  if (!IsReadable(json)) {
    return absl::FailedPreconditionError(absl::StrCat(
        where, " has format ", json.at("format").dump(), "; use the trainer that wrote it"));
  }
  archive.checkpoint.state = StateFromJson(json.at("state"));
  archive.options = json.at("options");
  TakeResolved(archive.options, archive.checkpoint.state.resolved);
  return archive;
}

// What `use` makes of the newest checkpoint that is not damaged: its path and archive. One that it
// throws Torch's or JSON's exceptions for is damaged, too. NOT_FOUND: the folder has none.
// DATA_LOSS: all are damaged.
template <typename Use>
auto WithNewest(const std::string& folder, Use use)
    -> decltype(use(std::string(), std::declval<Archive&>())) {
  const std::vector<std::string> paths = ListCheckpoints(folder);
  for (const std::string& path : paths) {
    const absl::StatusOr<std::string> bytes = ReadCheckpointFile(path);
    // A trainer that runs may have removed it just now: a newer one stands.
    if (absl::IsDataLoss(bytes.status()) || absl::IsNotFound(bytes.status())) continue;
    MOYO_RETURN_IF_ERROR(bytes.status());
    try {
      MOYO_ASSIGN_OR_RETURN(Archive archive,
                            ReadArchive(absl::StrCat("checkpoint '", path, "'"), *bytes));
      return use(path, archive);
    } catch (const std::exception&) {
      continue;  // an older one stands behind it
    }
  }
  if (paths.empty()) return absl::NotFoundError(absl::StrCat("no checkpoint in '", folder, "'"));
  return absl::DataLossError(absl::StrCat("none of the ", paths.size(), " checkpoints in '", folder,
                                          "' can be read; 'moyo reset --model' starts anew"));
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
    MOYO_ASSIGN_OR_RETURN(Archive archive, ReadArchive("the state of rank 0", bytes));
    return std::move(archive.checkpoint);
  } catch (const std::exception& error) {  // Torch's and JSON's
    return absl::InternalError(absl::StrCat("cannot read a checkpoint: ", error.what()));
  }
}

absl::StatusOr<uint64_t> SaveCheckpoint(const std::string& folder, const TrainingOptions& options,
                                        const TrainingState& state, const Learner& learner) {
  MOYO_RETURN_IF_ERROR(MakeFolder(folder));
  MOYO_ASSIGN_OR_RETURN(std::string archive, CheckpointBytes(options, state, learner));
  MOYO_ASSIGN_OR_RETURN(
      const uint64_t file_bytes,
      WriteCheckpointFile(CheckpointPath(folder, state.step), std::move(archive)));
  RemoveOldCheckpoints(folder, options.keep_checkpoints, state.step, state.best_step);
  return file_bytes;
}

absl::StatusOr<std::optional<Checkpoint>> FindCheckpoint(const std::string& folder,
                                                         const TrainingOptions& options) {
  using Found = absl::StatusOr<std::optional<Checkpoint>>;
  const auto resume = [&options](const std::string& path, Archive& archive) -> Found {
    Checkpoint& checkpoint = archive.checkpoint;
    MOYO_ASSIGN_OR_RETURN(const bool differs,
                          CheckContinuation(archive.options, checkpoint.state.resolved, options));
    if (differs) checkpoint.state.finished = false;  // there may be more to do
    checkpoint.file_bytes = std::filesystem::file_size(path);
    checkpoint.written =
        absl::FromChrono(std::chrono::file_clock::to_sys(std::filesystem::last_write_time(path)));
    return std::move(checkpoint);
  };
  Found found = WithNewest(folder, resume);
  // Were all damaged, starting over would lose the run without a word.
  if (absl::IsNotFound(found.status())) return std::nullopt;
  return found;
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
  const auto tell = [](const std::string&, const Archive& archive) -> absl::StatusOr<RunRecord> {
    const TrainingState& state = archive.checkpoint.state;
    return RunRecord{.step = state.step,
                     .samples = state.samples,
                     .epoch = state.epoch,
                     .elapsed_seconds = state.elapsed_seconds,
                     .finished = state.finished,
                     .best_top1 = state.best_top1,
                     .best_step = state.best_step,
                     .dataset_digest = state.dataset_digest,
                     .validation_percent = archive.options.at("--validation-percent"),
                     .options = ReadableOptions(archive.options).dump()};
  };
  absl::StatusOr<RunRecord> record = WithNewest(run_dir + "/trainer/checkpoints", tell);
  if (!absl::IsNotFound(record.status()) && !absl::IsDataLoss(record.status())) return record;
  return absl::NotFoundError(
      absl::StrCat(record.status().message(), "; give the folder of a run as --run-dir"));
}

}  // namespace moyo::trainer
