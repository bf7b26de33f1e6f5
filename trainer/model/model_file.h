// model.pt: a Torch archive of a network's weights with a "moyo" entry (JSON: format, architecture,
// blocks, filters, input_channels), sealed (common/base/seal.h; files of the first version are
// not). Leela Zero weights files (leela_zero_file.h) load as models, too. For trainer/ only:
// includes Torch.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "trainer/model/tower.h"

namespace moyo::trainer {

inline constexpr int kModelFormat = 1;

// With its value scaled (ScaleValue). Published atomically: the file at `path` is complete at any
// moment.
absl::Status SaveModel(const Network& network, const std::string& path, double value_scale = 1);
// In eval mode. NOT_FOUND; DATA_LOSS: not the bytes that were saved; INVALID_ARGUMENT: neither a
// Moyo model nor a Leela Zero weights file, or of another format.
absl::StatusOr<std::shared_ptr<Network>> LoadNetwork(const std::string& path);
// The same for what only a tower can do. FAILED_PRECONDITION for another architecture.
absl::StatusOr<Tower> LoadModel(const std::string& path);

// Whether a network of this size is within the bounds of a file that is read.
bool IsPossible(const NetShape& shape);

}  // namespace moyo::trainer
