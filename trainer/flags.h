// The command line of moyo-trainer.
#pragma once

#include <optional>
#include <string>

#include "trainer/train/options.h"

namespace moyo::trainer {

struct Flags {
  TrainingOptions options;
  std::string metrics_address;
  // Empty when all is well; else the exit code (0 after --help, 2 for wrong usage, already said).
  std::optional<int> Parse(int argc, char** argv);
};

}  // namespace moyo::trainer
