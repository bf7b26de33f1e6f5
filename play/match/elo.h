// What a number of games says about strength.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace moyo::play {

struct GameTally {
  uint64_t won = 0;
  uint64_t lost = 0;
  uint64_t drawn = 0;
  uint64_t games() const { return won + lost + drawn; }
  double score() const { return games() == 0 ? 0 : (won + 0.5 * drawn) / games(); }
};

// Elo differences of a score, 400 * log10(s / (1 - s)), and of the ends of its 95% interval by
// Wilson's formula (draws count as half a win; J. Am. Stat. Assoc. 22 (1927), 209). Nothing stands
// for an infinite one: no game, or every game won or lost.
struct EloEstimate {
  std::optional<double> elo, low, high;
};
EloEstimate EstimateElo(const GameTally& tally);

// "+35 (-40 to +112)"; "over +200" where all were won.
std::string FormatElo(const EloEstimate& estimate);

}  // namespace moyo::play
