#include "trainer/train/training_loop.h"

#include <spdlog/spdlog.h>
#include <torch/torch.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/files.h"
#include "common/base/host.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "trainer/checkpoint/checkpoint.h"
#include "trainer/checkpoint/sequence_options.h"
#include "trainer/data/windowed_dataset.h"
#include "trainer/group/group.h"
#include "trainer/train/device.h"
#include "trainer/train/first_network.h"
#include "trainer/train/memory_plan.h"
#include "trainer/train/option_names.h"
#include "trainer/train/precision.h"
#include "trainer/train/trainer.h"

namespace moyo::trainer {
namespace {

using Json = nlohmann::json;

absl::Status CheckPrecision(Precision precision, torch::Device device) {
  if (precision != Precision::kFp16 || !device.is_cpu()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "--precision fp16 is for GPUs; give bf16 or fp32 here, and --fork where the checkpoint has "
      "fp16");
}

// Of a run that goes on in another precision than would be chosen here.
void AdvisePrecision(Precision standing, torch::Device device) {
  if (standing != Precision::kBf16 || FastestPrecision(device) == Precision::kBf16) return;
  spdlog::info(
      "bf16, as the checkpoint had, is slow on this processor; --precision fp32 --fork changes "
      "that");
}

// The automatic options as the checkpoint has them, or what suits this machine: all CPUs, the
// fastest precision.
TrainingOptions Resolve(TrainingOptions options, const std::optional<Checkpoint>& checkpoint,
                        torch::Device device) {
  const int cpus = AvailableCpus();
  if (checkpoint.has_value()) {
    const ResolvedOptions& resolved = checkpoint->state.resolved;
    // A new schedule after a finished one is planned anew.
    if (!options.fork && !checkpoint->state.finished) {
      if (options.micro_batch == 0) options.micro_batch = resolved.micro_batch;
      if (options.games_bytes == 0) options.games_bytes = resolved.games_bytes;
    }
    if (options.precision == Precision::kAuto) AdvisePrecision(resolved.precision, device);
    options = Following(options, resolved);
    if (options.threads == 0 && resolved.threads > 0) {
      options.threads = resolved.threads;
      if (cpus != resolved.threads) {
        spdlog::info(
            "{} threads, as the checkpoint had, of {} CPUs; --threads {} --fork changes that",
            resolved.threads, cpus, cpus);
      }
    }
  }
  if (options.threads == 0) options.threads = cpus;
  if (options.precision == Precision::kAuto) options.precision = FastestPrecision(device);
  return options;
}

struct Beginning {
  std::shared_ptr<const ShardSet> shards;
  bool outdated = false;  // newer ones are there, for the epochs after this one
};

// What an unfinished epoch began with, if it can be had; else the newest.
absl::StatusOr<Beginning> Begin(DatasetSource& source,
                                const std::optional<Checkpoint>& checkpoint) {
  Beginning beginning;
  if (checkpoint.has_value() && !checkpoint->state.finished) {
    auto shards = source.OfDigest(checkpoint->state.dataset_digest);
    if (absl::IsCancelled(shards.status())) return shards.status();
    if (shards.ok()) {
      beginning.shards = *std::move(shards);
      const auto newest = source.Newest();
      beginning.outdated = newest.ok() && (*newest)->digest() != beginning.shards->digest();
      return beginning;
    }
  }
  MOYO_ASSIGN_OR_RETURN(beginning.shards, source.First());
  return beginning;
}

// What every rank must have alike, as the first one has it.
struct Opening {
  std::string sequence;  // SequenceOptions as text
  NetShape shape;
  Precision precision = Precision::kBf16;
  uint32_t micro_batch = 0;
  uint64_t games_bytes = 0;
  std::string manifest;
};

std::string ToText(const Opening& opening) {
  return Json{{"sequence", opening.sequence},
              {"architecture", std::string(ArchitectureName(opening.shape.architecture))},
              {"blocks", opening.shape.blocks},
              {"filters", opening.shape.filters},
              {"precision", opening.precision},
              {"micro_batch", opening.micro_batch},
              {"games_bytes", opening.games_bytes},
              {"manifest", opening.manifest}}
      .dump();
}

// Throws JSON's exceptions.
Opening OpeningOf(const std::string& text) {
  const Json json = Json::parse(text);
  const auto architecture = ArchitectureOf(json.at("architecture").get<std::string>());
  Opening opening;
  opening.sequence = json.at("sequence");
  opening.shape = {.blocks = json.at("blocks"),
                   .filters = json.at("filters"),
                   .architecture = architecture.value_or(Architecture::kLeelaZero)};
  opening.precision = json.at("precision");
  opening.micro_batch = json.at("micro_batch");
  opening.games_bytes = json.at("games_bytes");
  opening.manifest = json.at("manifest");
  return opening;
}

absl::StatusOr<MemoryPlan> Plan(const TrainingOptions& options, const ShardSet& shards,
                                torch::Device device) {
  MOYO_ASSIGN_OR_RETURN(const MemoryPlan plan, PlanMemory(options, shards.memory_bytes()));
  spdlog::info("training on {} in {}; memory plan: {} of {}", device.str(),
               NameOf(PrecisionNames(), options.precision), plan.ToString(),
               HumanBytes(options.memory_budget_bytes));
  if (plan.Passes(options.batch_size) >= static_cast<uint64_t>(options.group.ranks)) return plan;
  return absl::InvalidArgumentError(absl::StrCat(
      "a batch of ", options.batch_size, " in passes of ", plan.micro_batch, " is too little for ",
      options.group.ranks, " ranks; give a smaller --micro-batch"));
}

absl::StatusOr<std::unique_ptr<WindowedDataset>> OpenData(std::shared_ptr<const ShardSet> shards,
                                                          const TrainingOptions& options,
                                                          const MemoryPlan& plan) {
  MOYO_ASSIGN_OR_RETURN(
      auto data,
      WindowedDataset::Open(std::move(shards), options.validation_percent, plan.games_bytes));
  spdlog::info("{} training games with {} positions, {} validation games with {}",
               WithCommas(data->training_games()), WithCommas(data->training_positions()),
               WithCommas(data->validation().validation().games()),
               WithCommas(data->validation().validation().size()));
  at::set_num_threads(options.threads);
  return data;
}

absl::Status CheckOwnership(const TrainingOptions& options) {
  const Architecture architecture = options.shape.architecture;
  if (options.ownership_weight == 0 || architecture == Architecture::kPooledTower) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--ownership-weight is for --architecture pooled-tower, and the network is ",
                   std::string(ArchitectureName(architecture)), "; leave it out"));
}

// One schedule, or the rest of one, as the first rank. True when another one is due: this one ended
// on games of before, and newer ones had come before it went on.
absl::StatusOr<bool> Lead(const TrainingOptions& asked, DatasetSource& source, Group& group,
                          torch::Device device, TrainingObserver& observer) {
  TrainingOptions sized = asked;
  MOYO_ASSIGN_OR_RETURN(std::optional<Checkpoint> checkpoint,
                        FindCheckpoint(sized.run_dir + "/trainer/checkpoints", sized));
  std::shared_ptr<Network> first;  // a checkpoint's weights stand in its place
  if (!checkpoint.has_value()) {
    MOYO_ASSIGN_OR_RETURN(first, FirstNetwork(sized));
  }
  const TrainingOptions options = Resolve(sized, checkpoint, device);
  MOYO_RETURN_IF_ERROR(CheckPrecision(options.precision, device));
  MOYO_RETURN_IF_ERROR(CheckOwnership(options));
  MOYO_ASSIGN_OR_RETURN(const Beginning beginning, Begin(source, checkpoint));
  const std::string first_digest = beginning.shards->digest();
  MOYO_ASSIGN_OR_RETURN(const MemoryPlan plan, Plan(options, *beginning.shards, device));
  Opening opening = {.sequence = SequenceOptions(asked).dump(),
                     .shape = options.shape,
                     .precision = options.precision,
                     .micro_batch = plan.micro_batch,
                     .games_bytes = plan.games_bytes,
                     .manifest = beginning.shards->manifest()};
  MOYO_RETURN_IF_ERROR(group.FromFirst(ToText(opening)).status());
  MOYO_ASSIGN_OR_RETURN(auto data, OpenData(beginning.shards, options, plan));
  if (first != nullptr) {
    MOYO_RETURN_IF_ERROR(FitToGames(first, *data, options.seed));
  }
  Trainer trainer(options, source, std::move(data), plan, device, std::move(checkpoint),
                  std::move(first), group, observer);
  MOYO_RETURN_IF_ERROR(trainer.Run());
  return beginning.outdated && trainer.finished() && trainer.dataset_digest() == first_digest;
}

// The same as another rank.
absl::Status Follow(const TrainingOptions& asked, DatasetSource& source, Group& group,
                    torch::Device device, TrainingObserver& observer) {
  MOYO_ASSIGN_OR_RETURN(const std::string text, group.FromFirst(""));
  const Opening opening = OpeningOf(text);
  const std::vector<std::string> different = SequenceDifferences(opening.sequence, asked);
  if (!different.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("rank 0 was started with other values of ",
                                                      absl::StrJoin(different, ", "),
                                                      "; start all ranks with the same ones"));
  }
  TrainingOptions options = Resolve(asked, std::nullopt, device);
  options.shape = opening.shape;
  options.precision = opening.precision;
  options.micro_batch = opening.micro_batch;
  options.games_bytes = opening.games_bytes;
  MOYO_ASSIGN_OR_RETURN(const std::shared_ptr<const ShardSet> shards,
                        source.OfManifest(opening.manifest));
  MOYO_ASSIGN_OR_RETURN(const MemoryPlan plan, Plan(options, *shards, device));
  MOYO_ASSIGN_OR_RETURN(auto data, OpenData(shards, options, plan));
  Trainer trainer(options, source, std::move(data), plan, device, std::nullopt, nullptr, group,
                  observer);
  return trainer.Run();
}

// Whether another schedule is due, on every rank.
absl::StatusOr<bool> TrainOnce(const TrainingOptions& options, DatasetSource& source, Group& group,
                               torch::Device device, TrainingObserver& observer) {
  double again = 0;
  if (group.is_first()) {
    MOYO_ASSIGN_OR_RETURN(const bool due, Lead(options, source, group, device, observer));
    again = due ? 1 : 0;
  } else {
    MOYO_RETURN_IF_ERROR(Follow(options, source, group, device, observer));
  }
  MOYO_RETURN_IF_ERROR(group.Sum({&again, 1}));
  return again > 0;
}

// Schedules until none is due; after each loss of a rank, from the last checkpoint with the rest.
absl::Status TrainWithRanks(TrainingOptions options, DatasetSource& source, torch::Device device,
                            TrainingObserver& observer) {
  const bool several = options.group.ranks > 1;
  // A rank that waits for the parse keeps the others waiting, so each waits by itself.
  if (several) MOYO_RETURN_IF_ERROR(source.First().status());
  MOYO_ASSIGN_OR_RETURN(const std::unique_ptr<Rendezvous> rendezvous,
                        Rendezvous::Open(options.group));
  for (;;) {
    MOYO_ASSIGN_OR_RETURN(const std::unique_ptr<Group> group, rendezvous->Next());
    options.group.ranks = group->size();
    if (several) spdlog::info("this is rank {} of {}", group->rank(), group->size());
    absl::StatusOr<bool> again = true;
    while (again.ok() && *again) again = TrainOnce(options, source, *group, device, observer);
    if (again.ok() || !group->lost()) return again.status();
    spdlog::error("{}; the ranks that are left go on from the last checkpoint",
                  std::string(again.status().message()));
  }
}

}  // namespace

absl::Status Train(const TrainingOptions& options, DatasetSource& source,
                   TrainingObserver& observer) {
  MOYO_ASSIGN_OR_RETURN(const torch::Device device, ChooseDevice(options.device));
  MOYO_RETURN_IF_ERROR(CheckPrecision(options.precision, device));
  MOYO_RETURN_IF_ERROR(MakeFolder(options.run_dir + "/trainer"));
  std::optional<FileLock> lock;  // ranks may share a run directory: only the first one writes
  if (options.group.rank == 0) {
    MOYO_ASSIGN_OR_RETURN(FileLock taken, FileLock::Acquire(options.run_dir + "/trainer/lock"));
    lock.emplace(std::move(taken));
  }
  try {
    return TrainWithRanks(options, source, device, observer);
  } catch (const std::exception& error) {  // Torch's
    return absl::InternalError(absl::StrCat("training failed: ", error.what()));
  }
}

}  // namespace moyo::trainer
