#include "trainer/train/training_loop.h"

#include <spdlog/spdlog.h>
#include <torch/torch.h>

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/host.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "trainer/checkpoint/checkpoint.h"
#include "trainer/data/windowed_dataset.h"
#include "trainer/train/device.h"
#include "trainer/train/first_network.h"
#include "trainer/train/memory_plan.h"
#include "trainer/train/trainer.h"

namespace moyo::trainer {
namespace {

// The automatic options as the checkpoint has them, or all CPUs.
TrainingOptions Resolve(TrainingOptions options, const std::optional<Checkpoint>& checkpoint) {
  const int cpus = AvailableCpus();
  if (checkpoint.has_value()) {
    const ResolvedOptions& resolved = checkpoint->state.resolved;
    // A new schedule after a finished one is planned anew.
    if (!options.fork && !checkpoint->state.finished) {
      if (options.micro_batch == 0) options.micro_batch = resolved.micro_batch;
      if (options.games_bytes == 0) options.games_bytes = resolved.games_bytes;
    }
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

// One schedule, or the rest of one. True when another one is due: this one ended on games of
// before, and newer ones had come before it went on.
absl::StatusOr<bool> TrainOnce(const TrainingOptions& asked, DatasetSource& source,
                               torch::Device device, TrainingObserver& observer) {
  TrainingOptions sized = asked;
  MOYO_ASSIGN_OR_RETURN(std::shared_ptr<Network> first, FirstNetwork(sized));
  MOYO_ASSIGN_OR_RETURN(std::optional<Checkpoint> checkpoint,
                        FindCheckpoint(sized.run_dir + "/trainer/checkpoints", sized));
  const TrainingOptions options = Resolve(sized, checkpoint);
  MOYO_ASSIGN_OR_RETURN(const Beginning beginning, Begin(source, checkpoint));
  const std::string first_digest = beginning.shards->digest();
  MOYO_ASSIGN_OR_RETURN(const MemoryPlan plan,
                        PlanMemory(options, beginning.shards->memory_bytes()));
  spdlog::info("training on {}; memory plan: {} of {}", device.str(), plan.ToString(),
               HumanBytes(options.memory_budget_bytes));
  MOYO_ASSIGN_OR_RETURN(
      auto data,
      WindowedDataset::Open(beginning.shards, options.validation_percent, plan.games_bytes));
  spdlog::info("{} training games with {} positions, {} validation games with {}",
               WithCommas(data->training_games()), WithCommas(data->training_positions()),
               WithCommas(data->validation().validation().games()),
               WithCommas(data->validation().validation().size()));
  at::set_num_threads(options.threads);
  if (first != nullptr && !checkpoint.has_value()) {
    MOYO_RETURN_IF_ERROR(FitToGames(first, *data, options.seed));
  }
  Trainer trainer(options, source, std::move(data), plan, device, std::move(checkpoint),
                  std::move(first), observer);
  MOYO_RETURN_IF_ERROR(trainer.Run());
  return beginning.outdated && trainer.finished() && trainer.dataset_digest() == first_digest;
}

}  // namespace

absl::Status Train(const TrainingOptions& options, DatasetSource& source,
                   TrainingObserver& observer) {
  MOYO_ASSIGN_OR_RETURN(const torch::Device device, ChooseDevice(options.device));
  MOYO_RETURN_IF_ERROR(MakeFolder(options.run_dir + "/trainer"));
  MOYO_ASSIGN_OR_RETURN(const FileLock lock, FileLock::Acquire(options.run_dir + "/trainer/lock"));
  try {
    bool again = true;
    while (again) {
      MOYO_ASSIGN_OR_RETURN(again, TrainOnce(options, source, device, observer));
    }
    return absl::OkStatus();
  } catch (const std::exception& error) {  // Torch's
    return absl::InternalError(absl::StrCat("training failed: ", error.what()));
  }
}

}  // namespace moyo::trainer
