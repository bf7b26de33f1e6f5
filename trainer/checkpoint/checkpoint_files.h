// Checkpoints as files of a folder: their names, the seal of each, and which of them stay.
// What is in them is checkpoint.h's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace moyo::trainer {

// FOLDER/step-XXXXXXXXXX.pt
std::string CheckpointPath(const std::string& folder, uint64_t step);
// Paths, newest first.
std::vector<std::string> ListCheckpoints(const std::string& folder);

// Writes the archive, sealed (common/base/seal.h), atomically, and reads it back. Returns the
// file's size in bytes. DATA_LOSS: what can be read is not what was written.
absl::StatusOr<uint64_t> WriteCheckpointFile(const std::string& path, std::string archive);
// The archive. DATA_LOSS: it is not what was written. Files of the first version have no seal, and
// are taken as they are.
absl::StatusOr<std::string> ReadCheckpointFile(const std::string& path);

// Keeps the newest `keep` up to `newest_step`, which was just written, and the one of `best_step`.
// What is of a later step was damaged when training went on from an older one: it must not take the
// place of a good one.
void RemoveOldCheckpoints(const std::string& folder, uint64_t keep, uint64_t newest_step,
                          uint64_t best_step);

}  // namespace moyo::trainer
