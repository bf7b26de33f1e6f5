// The command line of moyo-trainer.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "trainer/server_link.h"
#include "trainer/train/options.h"

namespace moyo::trainer {

struct Flags {
  TrainingOptions options;
  std::string shards;                // folder of them; empty: the link's server
  std::unique_ptr<ServerLink> link;  // null in a build without gRPC
  // Empty when all is well; else the exit code (0 after --help or a check of the options, 2 for
  // wrong usage, already said).
  std::optional<int> Parse(int argc, char** argv);
};

}  // namespace moyo::trainer
