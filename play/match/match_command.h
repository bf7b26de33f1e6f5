// `moyo-play match`: many games between an engine (the network, or a program) and a GTP program.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "play/policy_player.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

constexpr int kMaxFailuresInRow = 3;

struct MatchOptions {
  std::string opponent;  // command of a GTP program
  std::string engine;    // another one in the network's place; empty: the network
  std::string out;       // folder
  uint64_t games = 20;
  int parallel = 1;  // games at once; each has its own programs
  double komi = 6.5;
  int opening_moves = 6;  // drawn by `seed`; each opening is played with both colours
  uint64_t seed = 1;
  size_t max_moves = 722;
  absl::Duration command_timeout = absl::Seconds(60);
  PlayerOptions player;        // of the network
  std::string network_sha256;  // of its file, in hexadecimal
  bool json = false;
};

// Game g (from 0) has opening g / 2, and the engine is Black where g is even: the same options give
// the same openings. Writes OUT/game-0001.sgf and so on, OUT/match.json, which names all that are
// over at any moment, and the programs' messages as OUT/opponent-1.log and OUT/engine-1.log. Where
// OUT holds a match with the same options, its games count and only the missing ones are played:
// so a match that was stopped goes on, and one may be made longer. `evaluator` may be null when
// options.engine is given.
// A program that fails in a game forfeits it and is started again for the next; summary and report
// say how many games that decided, and a match that goes on plays them again.
// A line a game goes to `progress`, the summary to `out`. FAILED_PRECONDITION: OUT holds a match
// with other options, games without a match.json that can be read, or one that is being played.
// Else what ends the match: a program that cannot begin a game, or failed in the last
// kMaxFailuresInRow of its thread; games that were finished stay.
absl::Status RunMatch(const MatchOptions& options, evaluation::Evaluator* evaluator,
                      std::ostream& out, std::ostream& progress);

}  // namespace moyo::play
