#include "trainer/export/model_export.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "trainer/export/safetensors.h"
#include "trainer/export/torch_script.h"
#include "trainer/model/leela_zero_file.h"
#include "trainer/model/model_file.h"

namespace moyo::trainer {

absl::Status ExportModel(const std::string& model, ExportFormat format, const std::string& out) {
  try {
    if (format == ExportFormat::kSafetensors) {
      MOYO_ASSIGN_OR_RETURN(const std::shared_ptr<Network> network, LoadNetwork(model));
      return SaveSafetensors(*network, out);
    }
    MOYO_ASSIGN_OR_RETURN(const Tower tower, LoadModel(model));
    switch (format) {
      case ExportFormat::kLeelaZero:
        return SaveLeelaZero(tower, out);
      case ExportFormat::kTorchScript:
        return SaveTorchScript(tower, out);
      case ExportFormat::kSafetensors:
        break;
    }
  } catch (const std::exception& error) {  // Torch's
    return absl::InternalError(absl::StrCat("cannot export '", model, "': ", error.what()));
  }
  return absl::InvalidArgumentError("unknown export format");
}

}  // namespace moyo::trainer
