#include "trainer/train/first_network.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "trainer/data/epoch_reader.h"
#include "trainer/model/leela_zero_file.h"
#include "trainer/model/model_file.h"

namespace moyo::trainer {
namespace {

constexpr uint64_t kFittingPositions = 512;

std::string Describe(const NetShape& shape) {
  return absl::StrCat("--architecture ", std::string(ArchitectureName(shape.architecture)),
                      " --blocks ", shape.blocks, " --filters ", shape.filters);
}

}  // namespace

absl::StatusOr<std::shared_ptr<Network>> FirstNetwork(TrainingOptions& options) {
  if (options.init.empty()) return nullptr;
  MOYO_ASSIGN_OR_RETURN(std::shared_ptr<Network> network, LoadNetwork(options.init));
  if (!options.shape_from_init && !(network->shape == options.shape)) {
    return absl::InvalidArgumentError(absl::StrCat("'", options.init, "' has ",
                                                   Describe(network->shape), ", not ",
                                                   Describe(options.shape), "; leave these out"));
  }
  options.shape = network->shape;
  spdlog::info("starting from '{}': {}", options.init, Describe(network->shape));
  return network;
}

absl::Status FitToGames(const std::shared_ptr<Network>& network, WindowedDataset& dataset,
                        uint64_t seed) {
  auto impl = std::dynamic_pointer_cast<TowerImpl>(network);
  if (impl == nullptr) return absl::OkStatus();
  EpochReader reader(dataset, {}, seed, Augment::kOff);
  Batch batch;
  MOYO_RETURN_IF_ERROR(reader.Draw(0, std::min(reader.size(), kFittingPositions), batch));
  Tower tower(std::move(impl));
  Recalibrate(tower, tower->Input(batch.planes));
  return absl::OkStatus();
}

}  // namespace moyo::trainer
