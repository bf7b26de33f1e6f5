// A trained network as an Evaluator: the one place where play/ touches trainer/model.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "play/evaluator.h"

namespace moyo::play {

// NOT_FOUND when there is no such file, INVALID_ARGUMENT when it holds no model.
absl::StatusOr<std::unique_ptr<Evaluator>> LoadNetwork(const std::string& model_path, int threads);

}  // namespace moyo::play
