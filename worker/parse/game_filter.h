// Which readable games stay out of the dataset because its owner wants so. Each filter has its own
// reason in the ledger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/go/types.h"
#include "common/sgf/game_reader.h"
#include "common/sgf/text_encoding.h"

namespace moyo::worker {

// As moyo.v1.GameFilter; the defaults let all pass but games of more than 1000 moves. A game whose
// header does not say what a filter asks for does not pass it.
struct GameFilterOptions {
  uint32_t board_size = 0;  // 0: all
  uint32_t min_moves = 0;   // moves kept, after a cut
  uint32_t max_moves = 1000;
  int min_rank = 0;  // of both players; kyu -30..-1, dan 1..9, professional 11..19; 0: none
  int max_rank = 0;
  std::vector<std::string> players = {};  // UTF-8; one of them is part of one player's name
  uint32_t first_date = 0;                // 20160731; 0: none
  uint32_t last_date = 0;
  std::optional<int> min_komi_half_points = {};
  std::optional<int> max_komi_half_points = {};
  std::optional<uint32_t> min_handicap = {};
  std::optional<uint32_t> max_handicap = {};
  bool result_known = false;               // a draw is known
  std::vector<go::Ruleset> rulesets = {};  // empty: all
};

// FAILED_PRECONDITION: this machine cannot do what the filters ask for; its shards would be others.
absl::Status CheckMachine(const GameFilterOptions& options, sgf::CharsetSupport charsets);

// Thread-safe: it only looks.
class GameFilter {
 public:
  struct Verdict {
    sgf::Reason reason = sgf::Reason::kNone;  // kNone: the game passes
    std::string bytes;                        // what the game has instead
  };

  explicit GameFilter(GameFilterOptions options);

  // All filters but those of moves. `text` is the game's, for the encoding of its names.
  Verdict CheckHeader(const go::GameRecord& game, const sgf::HeaderTexts& header,
                      std::string_view text) const;
  Verdict CheckMoves(uint64_t moves) const;

 private:
  bool RankPasses(int8_t rank) const;
  bool DatePasses(std::string_view date) const;
  bool KomiPasses(int half_points) const;
  bool HandicapPasses(const go::GameRecord& game) const;
  bool PlayersPass(const sgf::HeaderTexts& header, std::string_view text) const;

  const GameFilterOptions options_;
};

}  // namespace moyo::worker
