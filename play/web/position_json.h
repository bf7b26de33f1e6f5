// What the page is shown of a position, as JSON. README.md in this folder lists the fields.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "play/game_state.h"
#include "trainer/evaluation/evaluator.h"

namespace moyo::play {

// Where a move stands among those that may be played: 1 is the most probable, as in TopMoves.
int RankOf(const GameState& state, go::Move move, const evaluation::Evaluation& evaluation);
// The position itself: stones, turn, captures, ko, last move, and the count once both have passed.
nlohmann::ordered_json PositionJson(const GameState& state);

// What the network says of it; `next`, the move that the game goes on with, is compared.
nlohmann::ordered_json EvaluationJson(const GameState& state,
                                      const evaluation::Evaluation& evaluation,
                                      const std::optional<go::Move>& next);

// In few words, for a whole game: Black's chance, the network's choice, and `next` compared.
nlohmann::ordered_json ReviewJson(const GameState& state, const evaluation::Evaluation& evaluation,
                                  const std::optional<go::Move>& next);

}  // namespace moyo::play
