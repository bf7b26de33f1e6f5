// model.pt: a Torch archive of the tower's weights with a "moyo" entry (JSON: format, blocks,
// filters). For trainer/ only: includes Torch.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "trainer/model/tower.h"

namespace moyo::trainer {

inline constexpr int kModelFormat = 1;

// Published atomically: the file at `path` is complete at any moment.
absl::Status SaveModel(const Tower& tower, const std::string& path);
// NOT_FOUND; INVALID_ARGUMENT: not a Moyo model, or of another format.
absl::StatusOr<Tower> LoadModel(const std::string& path);

}  // namespace moyo::trainer
