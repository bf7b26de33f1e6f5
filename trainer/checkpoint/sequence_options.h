// The options that decide the sequence of samples and updates: a checkpoint keeps them, and
// training goes on from it, or together with another trainer, only under the same ones.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "trainer/checkpoint/training_state.h"
#include "trainer/train/options.h"

namespace moyo::trainer {

// By the names of the command line; choices are numbers.
nlohmann::json SequenceOptions(const TrainingOptions& options);
// The same with the choices' names, for people.
nlohmann::json ReadableOptions(nlohmann::json stored);

// What `stored` tells of `resolved`. Throws JSON's exceptions.
void TakeResolved(const nlohmann::json& stored, ResolvedOptions& resolved);
// `options`, with those that were left open as the checkpoint has them: an automatic precision, the
// first weights and, where they came from a file, the network's shape. A file that is gone is not
// missed.
TrainingOptions Following(TrainingOptions options, const ResolvedOptions& resolved);

// The names under which those of another trainer, dumped as text, differ.
std::vector<std::string> SequenceDifferences(const std::string& text,
                                             const TrainingOptions& options);

// May training under `options` go on from a checkpoint that was trained with `stored` and
// `resolved`? False: yes, and nothing differs; true: it is a fork that differs.
// FAILED_PRECONDITION names what differs: all that does, or under options.fork that which the
// stored weights and optimizer cannot follow. An option that `stored` does not know came later: it
// was trained with its default.
absl::StatusOr<bool> CheckContinuation(const nlohmann::json& stored,
                                       const ResolvedOptions& resolved,
                                       const TrainingOptions& options);

}  // namespace moyo::trainer
