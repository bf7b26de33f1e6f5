#include "trainer/model/model_file.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/seal.h"
#include "common/base/status_macros.h"
#include "trainer/model/input.h"
#include "trainer/model/leela_zero_file.h"

namespace moyo::trainer {
namespace {

constexpr char kEntry[] = "moyo";
constexpr int kMaxBlocks = 200;
constexpr int kMaxFilters = 2048;
constexpr uint64_t kMaxFileBytes = uint64_t{4} << 30;

absl::Status NoModel(const std::string& path, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", path, "' is not a Moyo model (", why,
                   "); give the model.pt of a run directory, or a Leela "
                   "Zero weights file"));
}

absl::StatusOr<NetShape> ReadShape(const std::string& path,
                                   torch::serialize::InputArchive& archive) {
  c10::IValue entry;
  if (!archive.try_read(kEntry, entry) || !entry.isString())
    return NoModel(path, "no 'moyo' entry");
  const auto json = nlohmann::json::parse(entry.toStringRef(), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return NoModel(path, "its 'moyo' entry is damaged");
  if (json.value("format", 0) != kModelFormat) {
    return NoModel(path, absl::StrCat("format ", json.value("format", 0), ", this program reads ",
                                      kModelFormat));
  }
  // Files of the first version name no architecture.
  const std::string architecture = json.value("architecture", "leela-zero");
  if (!ArchitectureOf(architecture).has_value()) {
    return NoModel(path, absl::StrCat("architecture '", architecture, "' is unknown here"));
  }
  const NetShape shape{.blocks = json.value("blocks", 0),
                       .filters = json.value("filters", 0),
                       .architecture = *ArchitectureOf(architecture)};
  if (!IsPossible(shape)) return NoModel(path, "impossible size");
  const int channels = json.value("input_channels", kPlainChannels);
  if (channels != InputChannels(shape.architecture)) {
    return NoModel(path, absl::StrCat("it takes ", channels, " planes, this program's ",
                                      architecture, " ", InputChannels(shape.architecture)));
  }
  return shape;
}

}  // namespace

bool IsPossible(const NetShape& shape) {
  return shape.blocks >= 1 && shape.blocks <= kMaxBlocks && shape.filters >= 1 &&
         shape.filters <= kMaxFilters;
}

absl::Status SaveModel(const Network& network, const std::string& path, double value_scale) {
  try {
    torch::serialize::OutputArchive archive;
    // A copy is on the CPU: machines without the device read the file, too.
    if (network.device().is_cpu() && value_scale == 1) {
      network.save(archive);
    } else {
      const std::shared_ptr<Network> copy = MakeNetwork(network.shape);
      CopyWeights(network, *copy);
      ScaleValue(*copy, value_scale);
      copy->save(archive);
    }
    const nlohmann::json json = {
        {"format", kModelFormat},
        {"architecture", std::string(ArchitectureName(network.shape.architecture))},
        {"blocks", network.shape.blocks},
        {"filters", network.shape.filters},
        {"input_channels", network.input_channels}};
    archive.write(kEntry, c10::IValue(json.dump()));
    std::ostringstream bytes;
    archive.save_to(bytes);
    return WriteFileAtomically(path, Sealed(bytes.str()));
  } catch (const std::exception& error) {  // Torch's
    return absl::InternalError(absl::StrCat("cannot save model '", path, "': ", error.what()));
  }
}

absl::StatusOr<std::shared_ptr<Network>> LoadNetwork(const std::string& path) {
  MOYO_ASSIGN_OR_RETURN(std::string bytes, ReadFile(path, kMaxFileBytes));
  if (!Unseal(bytes)) {
    return absl::DataLossError(
        absl::StrCat("model '", path,
                     "' is damaged: its digest is of other bytes; copy it again, or go on with "
                     "its training, which writes it anew"));
  }
  try {
    if (LooksLikeLeelaZero(bytes)) {
      MOYO_ASSIGN_OR_RETURN(const Tower tower, ParseLeelaZero(bytes, path));
      return std::shared_ptr<Network>(tower.ptr());
    }
    torch::serialize::InputArchive archive;
    archive.load_from(bytes.data(), bytes.size(), torch::kCPU);
    MOYO_ASSIGN_OR_RETURN(const NetShape shape, ReadShape(path, archive));
    std::shared_ptr<Network> network = MakeNetwork(shape);
    network->load(archive);
    ToChannelsLast(*network);
    network->eval();
    return network;
  } catch (const std::exception&) {  // Torch's, with pages of its own stack
    return NoModel(path, "Torch cannot read it");
  }
}

absl::StatusOr<Tower> LoadModel(const std::string& path) {
  MOYO_ASSIGN_OR_RETURN(const std::shared_ptr<Network> network, LoadNetwork(path));
  if (auto tower = std::dynamic_pointer_cast<TowerImpl>(network)) return Tower(std::move(tower));
  return absl::FailedPreconditionError(
      absl::StrCat("'", path, "' has the architecture ",
                   std::string(ArchitectureName(network->shape.architecture)),
                   "; this needs a tower, trained with --architecture pooled-tower or leela-zero"));
}

}  // namespace moyo::trainer
