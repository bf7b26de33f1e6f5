// `moyo-play suggest`: a position and the network's best moves in it.
#pragma once

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "common/go/types.h"
#include "play/board_view.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

struct SuggestOptions {
  std::string game = {};           // SGF file; empty for the empty board
  size_t game_number = 1;          // in a file of several
  std::optional<size_t> ply = {};  // moves to play first; all when not given
  std::optional<go::Color> to_move =
      {};  // when the game does not tell, or to ask for the other side
  size_t top_k = 5;
  bool json = false;
  Style style = Style::kPlain;
};

// Text, or with `json` one object: ply, to_move, value, moves (move, x, y, probability).
// OUT_OF_RANGE when the game is shorter than `ply`; else fails as LoadGame, GameState::Load and the
// evaluator do.
absl::Status RunSuggest(const SuggestOptions& options, evaluation::Evaluator& evaluator,
                        std::ostream& out);

}  // namespace moyo::play
