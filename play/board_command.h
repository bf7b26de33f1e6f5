// `moyo-play board`: a board in the terminal, with the network as opponent and adviser.
#pragma once

#include <istream>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "play/console.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

struct BoardOptions {
  std::string game = {};  // SGF file to start from; empty for the empty board
  ConsoleOptions console = {};
};

// Reads lines until `quit` or the end of the input. Fails only when the game cannot be loaded.
absl::Status RunBoard(const BoardOptions& options, evaluation::Evaluator& evaluator,
                      std::istream& in, std::ostream& out);

}  // namespace moyo::play
