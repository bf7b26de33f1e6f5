// `moyo-play self-play`: games of a network with itself, as records to train on.
//
// People's records end where both know the outcome, so a network that has seen no others cannot
// tell who wins on boards that come after, or that no person would get into; a search visits both.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "play/self_play/self_play_game.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

struct SelfPlayOptions {
  std::string out;            // folder
  uint64_t games = 1000;      // rounded up to whole files
  uint64_t file_games = 100;  // games of one file
  size_t parallel = 64;       // games at once, which is a batch of the network
  uint64_t seed = 1;
  SelfPlayRules rules;
  std::string network_sha256;  // of its file, in hexadecimal
};

// Writes OUT/self-play-00001.sgf and so on, each once its games are over. A file that is there
// stays and its games count, so what was stopped goes on, and what is done can be made longer.
// OUT/.terms.json has what the games depend on. A line a file goes to `progress`, the summary to
// `out`. FAILED_PRECONDITION: another process writes there, or games are there of another network
// or other options, which it names.
absl::Status RunSelfPlay(const SelfPlayOptions& options, evaluation::Evaluator& evaluator,
                         std::ostream& out, std::ostream& progress);

}  // namespace moyo::play
