// A trained network in the formats of other programs. README.md of trainer/ says what each holds.
// No Torch header is needed to use it.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace moyo::trainer {

enum class ExportFormat : uint8_t {
  kLeelaZero,    // weights file of Leela Zero, version 1; gzipped when the name ends in .gz
  kSafetensors,  // every tensor of model.pt by its name, float32
  kTorchScript   // torch.jit.load runs it
};

// Reads the model (a model.pt or a Leela Zero file) and publishes `out` atomically. NOT_FOUND,
// INVALID_ARGUMENT: the model. FAILED_PRECONDITION: its architecture is no tower, and only
// safetensors can hold it. Else the disk's errors.
absl::Status ExportModel(const std::string& model, ExportFormat format, const std::string& out);

}  // namespace moyo::trainer
