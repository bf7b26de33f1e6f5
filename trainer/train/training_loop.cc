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
    if (options.micro_batch == 0 && !options.fork) options.micro_batch = resolved.micro_batch;
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

}  // namespace

absl::Status Train(const TrainingOptions& asked, const LoadedDataset& data,
                   metrics::Endpoint& endpoint) {
  const std::string folder = asked.run_dir + "/trainer";
  MOYO_ASSIGN_OR_RETURN(const torch::Device device, ChooseDevice(asked.device));
  MOYO_RETURN_IF_ERROR(MakeFolder(folder));
  MOYO_ASSIGN_OR_RETURN(const FileLock lock, FileLock::Acquire(folder + "/lock"));
  const Dataset& dataset = *data.dataset;
  spdlog::info("{} training games with {} positions, {} validation games with {}",
               WithCommas(dataset.training().games()), WithCommas(dataset.training().size()),
               WithCommas(dataset.validation().games()), WithCommas(dataset.validation().size()));
  TrainingOptions sized = asked;
  MOYO_ASSIGN_OR_RETURN(std::shared_ptr<Network> first, FirstNetwork(sized, dataset));
  MOYO_ASSIGN_OR_RETURN(std::optional<Checkpoint> checkpoint,
                        FindCheckpoint(folder + "/checkpoints", sized));
  const TrainingOptions options = Resolve(sized, checkpoint);
  MOYO_ASSIGN_OR_RETURN(const MemoryPlan plan, PlanMemory(options, dataset.memory_bytes()));
  spdlog::info("memory plan: {} of {}", plan.ToString(), HumanBytes(options.memory_budget_bytes));
  at::set_num_threads(options.threads);
  spdlog::info("training on {}", device.str());
  try {
    return Trainer(options, data, plan, device, std::move(checkpoint), std::move(first), endpoint)
        .Run();
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
