#include "play/suggest_command.h"

#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/status_macros.h"
#include "common/go/vertex.h"
#include "play/game_file.h"
#include "play/network_views.h"

namespace moyo::play {
namespace {

absl::Status LoadPosition(const SuggestOptions& options, GameState& state) {
  if (options.game.empty()) {
    if (options.ply.value_or(0) == 0) return absl::OkStatus();
    return absl::InvalidArgumentError("--ply needs a game; add --game FILE");
  }
  MOYO_ASSIGN_OR_RETURN(const go::GameRecord game, LoadGame(options.game, options.game_number - 1));
  if (options.ply && *options.ply > game.moves.size()) {
    return absl::OutOfRangeError(
        absl::StrCat("'", options.game, "' has ", game.moves.size(), " moves; give a lower --ply"));
  }
  const absl::Status loaded = state.Load(game, options.ply.value_or(SIZE_MAX));
  if (loaded.ok()) return loaded;
  return absl::InvalidArgumentError(absl::StrCat("'", options.game, "': ", loaded.message()));
}

std::string Json(const GameState& state, const std::vector<Suggestion>& moves, float value) {
  // A damaged network may give NaN, which JSON has no word for.
  std::string text = absl::StrFormat(R"({"ply": %d, "to_move": "%s", "value": %s, "moves": [)",
                                     state.moves().size(),
                                     state.to_move() == go::Color::kBlack ? "black" : "white",
                                     std::isnan(value) ? "null" : absl::StrFormat("%.6f", value));
  const char* separator = "";
  for (const Suggestion& move : moves) {
    absl::StrAppendFormat(&text, R"(%s{"move": "%s", )", separator,
                          go::FormatVertex(move.point, features::kBoardSize));
    if (!move.point.IsPass()) {
      absl::StrAppendFormat(&text, R"("x": %d, "y": %d, )", move.point.x, move.point.y);
    }
    absl::StrAppendFormat(&text, R"("probability": %.6f})", move.probability);
    separator = ", ";
  }
  return text + "]}\n";
}

}  // namespace

absl::Status RunSuggest(const SuggestOptions& options, evaluation::Evaluator& evaluator,
                        std::ostream& out) {
  GameState state;
  MOYO_RETURN_IF_ERROR(LoadPosition(options, state));
  if (options.to_move) state.set_to_move(*options.to_move);
  MOYO_ASSIGN_OR_RETURN(const evaluation::Evaluation evaluation,
                        EvaluatePosition(state, state.to_move(), evaluator));
  const std::vector<Suggestion> moves = TopMoves(state, state.to_move(), evaluation, options.top_k);
  if (options.json) {
    out << Json(state, moves, evaluation.value);
  } else {
    out << RenderBoard(state, options.style)
        << RenderSuggestions(moves, evaluation.value, state.to_move());
  }
  return absl::OkStatus();
}

}  // namespace moyo::play
