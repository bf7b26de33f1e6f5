// What `moyo run` was asked to do.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace moyo::cli {

struct RunOptions {
  std::vector<std::string> games;  // absolute paths
  std::string run_dir;
  int workers = 1;
  bool parse_only = false;
  std::string program_folder;  // where moyo-server, moyo-worker and moyo-trainer lie
  absl::Duration poll_pause = absl::Milliseconds(250);
  // Passed on as they are, only what was typed: each program owns its defaults.
  std::vector<std::string> server_arguments;
  std::vector<std::string> trainer_arguments;
  bool fork = false;  // a network that was trained with other options is trained on
};

}  // namespace moyo::cli
