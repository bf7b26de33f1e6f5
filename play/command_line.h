// The flags of moyo-play as options. Read nowhere else.
#pragma once

#include <string>

#include "play/board_command.h"
#include "play/eval_command.h"
#include "play/policy_player.h"
#include "play/suggest_command.h"

namespace moyo::play {

enum class Command : uint8_t {
  kNone,  // nothing to run: help was asked for, or the usage is wrong
  kSuggest,
  kBoard,
  kGtp,
  kEval
};

struct CommandLine {
  Command command = Command::kNone;
  int exit_code = 0;    // of kNone: 0 after help, 2 for wrong usage
  std::string message;  // of kNone: the help, or one line that says what is wrong
  std::string model;    // file
  int threads = 1;      // of the network
  SuggestOptions suggest;
  BoardOptions board;
  PlayerOptions gtp;
  EvalOptions eval;
};

CommandLine ParseCommandLine(int argc, const char* const* argv);

}  // namespace moyo::play
