// The flags of moyo-play as options. Read nowhere else.
#pragma once

#include <string>

#include "play/board_command.h"
#include "play/eval_command.h"
#include "play/match/match_command.h"
#include "play/policy_player.h"
#include "play/self_play/self_play_command.h"
#include "play/suggest_command.h"
#include "play/web/web_command.h"
#include "trainer/export/model_export.h"

namespace moyo::play {

enum class Command : uint8_t {
  kNone,  // nothing to run: help was asked for, or the usage is wrong
  kSuggest,
  kBoard,
  kGtp,
  kAnalysis,
  kEval,
  kExport,
  kMatch,
  kSelfPlay,
  kWeb
};

// Of `export`. The formats are those of trainer/export, by name.
struct ExportOptions {
  trainer::ExportFormat format = trainer::ExportFormat::kLeelaZero;
  std::string out;  // file
};

struct CommandLine {
  Command command = Command::kNone;
  int exit_code = 0;    // of kNone: 0 after help, 2 for wrong usage
  std::string message;  // of kNone: the help, or one line that says what is wrong
  std::string model;    // file; empty for a match of two programs
  int threads = 1;      // of the network
  SuggestOptions suggest;
  BoardOptions board;
  PlayerOptions gtp;
  EvalOptions eval;
  ExportOptions exporting;
  MatchOptions match;
  SelfPlayOptions self_play;
  WebOptions web;
};

CommandLine ParseCommandLine(int argc, const char* const* argv);

}  // namespace moyo::play
