#include "trainer/model/model_file.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"

namespace moyo::trainer {
namespace {

constexpr char kEntry[] = "moyo";
constexpr int kMaxBlocks = 200;
constexpr int kMaxFilters = 2048;

absl::Status NoModel(const std::string& path, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("'", path, "' is not a Moyo model (", why,
                                                 "); give the model.pt of a run directory"));
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
  const NetShape shape{.blocks = json.value("blocks", 0), .filters = json.value("filters", 0)};
  if (shape.blocks < 1 || shape.blocks > kMaxBlocks || shape.filters < 1 ||
      shape.filters > kMaxFilters) {
    return NoModel(path, "impossible size");
  }
  return shape;
}

}  // namespace

absl::Status SaveModel(const Tower& tower, const std::string& path) {
  try {
    torch::serialize::OutputArchive archive;
    tower->save(archive);
    const nlohmann::json json = {{"format", kModelFormat},
                                 {"blocks", tower->shape.blocks},
                                 {"filters", tower->shape.filters}};
    archive.write(kEntry, c10::IValue(json.dump()));
    std::ostringstream bytes;
    archive.save_to(bytes);
    return WriteFileAtomically(path, bytes.str());
  } catch (const std::exception& error) {  // Torch's
    return absl::InternalError(absl::StrCat("cannot save model '", path, "': ", error.what()));
  }
}

absl::StatusOr<Tower> LoadModel(const std::string& path) {
  MOYO_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  try {
    torch::serialize::InputArchive archive;
    archive.load_from(bytes.data(), bytes.size());
    MOYO_ASSIGN_OR_RETURN(const NetShape shape, ReadShape(path, archive));
    Tower tower(shape);
    tower->load(archive);
    ToChannelsLast(tower);
    tower->eval();
    return tower;
  } catch (const std::exception&) {  // Torch's, with pages of its own stack
    return NoModel(path, "Torch cannot read it");
  }
}

}  // namespace moyo::trainer
