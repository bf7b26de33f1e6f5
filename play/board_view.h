// A position as text: coordinates from A without I, star points, the last move marked.
#pragma once

#include <string>
#include <vector>

#include "play/game_state.h"
#include "play/language.h"
#include "play/policy_player.h"

namespace moyo::play {

enum class Style : uint8_t {
  kPlain,  // ASCII: X black, O white, (X) the last move
  kColor,  // ANSI colours for a terminal
};

// The board with the captures, the move number and whose turn it is; ends with a line feed.
std::string RenderBoard(const GameState& state, Style style,
                        Language language = Language::kEnglish);
// One line a suggestion, "1. Q16   23.4%", then the value for the side that moves.
std::string RenderSuggestions(const std::vector<Suggestion>& moves, float value, go::Color color,
                              Language language = Language::kEnglish);
// kColor when the standard output is a terminal that shows colours and NO_COLOR is not set.
Style StyleOfStdout();

}  // namespace moyo::play
