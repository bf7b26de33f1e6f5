// A trained network as an Evaluator. A library of its own (moyo::network_evaluator): it links
// LibTorch.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::evaluation {

// NOT_FOUND when there is no such file, INVALID_ARGUMENT when it holds no model.
absl::StatusOr<std::unique_ptr<Evaluator>> LoadEvaluator(const std::string& model_path,
                                                         int threads);

}  // namespace moyo::evaluation
