#include "trainer/evaluation/game_evaluation.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace moyo::evaluation {

std::vector<size_t> SampleIndices(size_t size, size_t count, uint64_t seed) {
  std::vector<size_t> chosen;
  chosen.reserve(std::min(size, count));
  // Selection sampling (Knuth, TAOCP 3.4.2, algorithm S); the modulo's bias is below 2^-40 here.
  std::mt19937_64 random(seed);
  for (size_t index = 0; index < size && chosen.size() < count; ++index) {
    if (random() % (size - index) < count - chosen.size()) chosen.push_back(index);
  }
  return chosen;
}

absl::StatusOr<bool> GameEvaluation::Add(const go::GameRecord& game) {
  if (game.info.board_size != features::kBoardSize) return false;
  go::Board board(game.info.board_size, go::SuicideOf(game.info.ruleset));
  for (const go::Setup& setup : game.setup) {
    if (!board.PlaceSetup(setup)) return false;
  }
  if (!board.AllChainsHaveLiberties()) return false;
  // Legality decides how many positions there are to draw from, so it comes first.
  const size_t legal_moves = replayer_.Replay(game).legal_moves;
  if (legal_moves == 0) return false;
  const size_t wanted = options_.positions_per_game ? options_.positions_per_game : legal_moves;
  const std::vector<size_t> plies =
      SampleIndices(legal_moves, wanted, options_.seed * 0x9e3779b97f4a7c15 + games_);
  ++games_;
  const go::Winner winner = game.info.winner;
  const bool decided = winner == go::Winner::kBlack || winner == go::Winner::kWhite;
  const go::Color winning = winner == go::Winner::kBlack ? go::Color::kBlack : go::Color::kWhite;
  features::History history;
  history.Push(board);
  size_t ply = 0;
  for (const size_t wanted_ply : plies) {
    for (; ply < wanted_ply; ++ply) {
      board.Play(game.moves[ply]);
      history.Push(board);
    }
    const go::Move& move = game.moves[ply];
    history.Fill(move.color, batch_.emplace_back());
    const bool black = move.color == go::Color::kBlack;
    facts_.push_back({.played_index = features::PolicyIndex(move.point),
                      .won = decided ? std::optional(move.color == winning) : std::nullopt,
                      .ply = static_cast<uint32_t>(ply),
                      .rank = black ? game.info.black_rank : game.info.white_rank});
    game_numbers_.push_back(games_);
    if (batch_.size() >= options_.batch_size) MOYO_RETURN_IF_ERROR(Flush());
  }
  return true;
}

absl::Status GameEvaluation::Finish() { return batch_.empty() ? absl::OkStatus() : Flush(); }

absl::StatusOr<std::vector<Evaluation>> GameEvaluation::Ask(Evaluator& evaluator) const {
  MOYO_ASSIGN_OR_RETURN(std::vector<Evaluation> evaluations, evaluator.Evaluate(batch_));
  if (evaluations.size() == batch_.size()) return evaluations;
  return absl::InternalError(absl::StrCat("the network gave ", evaluations.size(),
                                          " evaluations for ", batch_.size(), " positions"));
}

absl::Status GameEvaluation::Flush() {
  MOYO_ASSIGN_OR_RETURN(const std::vector<Evaluation> evaluations, Ask(evaluator_));
  for (size_t i = 0; i < batch_.size(); ++i) {
    plain_.Add(facts_[i], evaluations[i]);
    examples_.Add(batch_[i], facts_[i], game_numbers_[i], evaluations[i]);
  }
  if (options_.average_symmetries) {
    MOYO_ASSIGN_OR_RETURN(const std::vector<Evaluation> means, Ask(average_));
    for (size_t i = 0; i < batch_.size(); ++i) averaged_.Add(facts_[i], means[i]);
  }
  batch_.clear();
  facts_.clear();
  game_numbers_.clear();
  return absl::OkStatus();
}

nlohmann::ordered_json GameEvaluationJson(const GameEvaluation& evaluation) {
  nlohmann::ordered_json json = BreakdownJson(evaluation.plain());
  json["games"] = evaluation.games();
  json["averaged"] = nullptr;
  if (evaluation.averaged() != nullptr) json["averaged"] = BreakdownJson(*evaluation.averaged());
  return json;
}

}  // namespace moyo::evaluation
