#include "play/evaluation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/status_macros.h"

namespace moyo::play {

std::string MetricsJson(const Metrics& metrics) {
  const std::string value_accuracy =
      metrics.value_accuracy ? absl::StrFormat("%.6f", *metrics.value_accuracy) : "null";
  return absl::StrFormat(
      R"({"positions": %d, "top1": %.6f, "top5": %.6f, "nats": %.6f, "value_accuracy": %s})",
      metrics.positions, metrics.top1, metrics.top5, metrics.nats, value_accuracy);
}

void MetricsSum::Add(int played_index, std::optional<bool> won, const Evaluation& evaluation) {
  const auto& policy = evaluation.policy;
  const float played = policy[played_index];
  int rank = 0;
  for (int index = 0; index < features::kPolicySize; ++index) {
    // Written so that a NaN, which a damaged net may give, ranks every other move first.
    if (!(policy[index] < played || (policy[index] == played && index >= played_index))) ++rank;
  }
  ++positions_;
  top1_ += rank < 1;
  top5_ += rank < 5;
  // The smallest float stands for a probability that rounded to zero: the mean stays finite.
  nats_ -= std::log(std::max(std::numeric_limits<float>::min(), played));  // NaN too
  if (!won) return;
  ++judged_;
  judged_right_ += *won ? evaluation.value > 0 : evaluation.value < 0;
}

Metrics MetricsSum::Result() const {
  Metrics metrics{.positions = positions_};
  if (positions_ > 0) {
    const auto positions = static_cast<double>(positions_);
    metrics.top1 = static_cast<double>(top1_) / positions;
    metrics.top5 = static_cast<double>(top5_) / positions;
    metrics.nats = nats_ / positions;
  }
  if (judged_ > 0) {
    metrics.value_accuracy = static_cast<double>(judged_right_) / static_cast<double>(judged_);
  }
  return metrics;
}

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
    expected_.push_back({features::PolicyIndex(move.point),
                         decided ? std::optional(move.color == winning) : std::nullopt});
    if (batch_.size() >= options_.batch_size) MOYO_RETURN_IF_ERROR(Flush());
  }
  return true;
}

absl::Status GameEvaluation::Finish() { return batch_.empty() ? absl::OkStatus() : Flush(); }

absl::Status GameEvaluation::Flush() {
  MOYO_ASSIGN_OR_RETURN(const std::vector<Evaluation> evaluations, evaluator_.Evaluate(batch_));
  if (evaluations.size() != batch_.size()) {
    return absl::InternalError(absl::StrCat("the network gave ", evaluations.size(),
                                            " evaluations for ", batch_.size(), " positions"));
  }
  for (size_t i = 0; i < batch_.size(); ++i) {
    sum_.Add(expected_[i].played_index, expected_[i].won, evaluations[i]);
  }
  batch_.clear();
  expected_.clear();
  return absl::OkStatus();
}

}  // namespace moyo::play
