// What has come of a match so far: match.json, its words, and match.json read again to go on.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "play/match/elo.h"
#include "play/match/match_command.h"
#include "play/match/play_game.h"

namespace moyo::play {

// A game that is over.
struct PlayedGame {
  uint64_t number = 0;      // from 0; the engine is Black where it is even
  std::string result = {};  // as in GameOutcome
  GameEnd end = GameEnd::kPasses;
  uint64_t moves = 0;
  double seconds = 0;
  std::string failure = {};  // of the loser's program, when that was the end

  bool engine_is_black() const { return number % 2 == 0; }
  bool drawn() const { return result == "0"; }
  bool engine_won() const { return result.starts_with(engine_is_black() ? 'B' : 'W'); }
};

// "game-0001.sgf" of game 0.
std::string GameFileName(uint64_t number);

// Not thread-safe.
class MatchReport {
 public:
  // Of a match without games.
  explicit MatchReport(const MatchOptions& options);

  // Takes the games of the match.json that holds `text`, but those that a program's failure
  // decided: they said nothing of strength, and are to be played again. FAILED_PRECONDITION: they
  // were played with another value of an option, which it names; INVALID_ARGUMENT: it is no
  // match.json. On an error nothing is taken.
  absl::Status GoOn(std::string_view text);

  void Add(PlayedGame game);
  bool Holds(uint64_t number) const { return games_.contains(number); }
  GameTally Tally() const;

  // The object of match.json, whose fields play/README.md has; on one line when `indent` is -1.
  std::string Json(int indent = -1) const;
  std::string Summary() const;

 private:
  template <typename Which>
  GameTally Tally(Which&& which) const;

  // What the games of one match have in common, as fields of match.json.
  nlohmann::ordered_json terms_;
  std::map<uint64_t, PlayedGame> games_;  // by number
};

}  // namespace moyo::play
