#include "play/game_state.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/go/replay.h"
#include "common/go/vertex.h"

namespace moyo::play {

GameState::GameState() {
  record_.info.komi_half_points = 15;
  Clear();
}

void GameState::Clear() {
  const int16_t komi = record_.info.komi_half_points;
  record_.Clear();
  record_.info.board_size = features::kBoardSize;
  record_.info.komi_half_points = komi;
  first_to_move_ = go::Color::kBlack;
  Rebuild();
}

absl::Status GameState::Load(const go::GameRecord& game, size_t ply) {
  if (game.info.board_size != features::kBoardSize) {
    return absl::InvalidArgumentError(absl::StrCat("the game is ", game.info.board_size, "x",
                                                   game.info.board_size,
                                                   "; the network plays 19x19 only"));
  }
  go::GameRecord cut = game;
  if (ply < cut.moves.size()) cut.moves.resize(ply);
  if (cut.moves.size() > kMaxMoves) {
    return absl::InvalidArgumentError(
        absl::StrCat("the game has more than ", kMaxMoves, " moves; choose an earlier ply"));
  }
  go::Replayer replayer;
  const go::ReplayResult result = replayer.Replay(cut);
  if (!result.setup_ok) return absl::InvalidArgumentError("the setup stones are not a position");
  if (result.legal_moves < cut.moves.size()) {
    const go::Move& bad = cut.moves[result.legal_moves];
    return absl::InvalidArgumentError(absl::StrCat(
        "move ", result.legal_moves + 1, " (", go::ColorName(bad.color), " ",
        go::FormatVertex(bad.point, features::kBoardSize),
        ") is not legal: ", go::LegalityName(result.legality), "; choose an earlier ply"));
  }
  // Who begins is not in the record: the first move tells, else handicap stones do.
  first_to_move_ = !game.moves.empty()                             ? game.moves[0].color
                   : game.info.handicap > 1 && !game.setup.empty() ? go::Color::kWhite
                                                                   : go::Color::kBlack;
  const bool has_next = cut.moves.size() < game.moves.size();
  const go::Color next = has_next ? game.moves[cut.moves.size()].color : go::Color::kEmpty;
  record_ = std::move(cut);
  Rebuild();
  // Records hold turns left out (free handicap, a pass not written): the move played next decides.
  if (has_next) to_move_ = next;
  return absl::OkStatus();
}

bool GameState::PlaceHandicap(const std::vector<go::Point>& points) {
  if (board_.StonesHash() != 0 || !record_.moves.empty() || !record_.setup.empty()) return false;
  go::Board trial(features::kBoardSize);
  for (go::Point point : points) {
    if (point.IsPass() || trial.At(point.x, point.y) != go::Color::kEmpty) return false;
    if (!trial.PlaceSetup({point, go::Color::kBlack})) return false;
  }
  if (!trial.AllChainsHaveLiberties()) return false;
  for (go::Point point : points) record_.setup.push_back({point, go::Color::kBlack});
  record_.info.handicap = static_cast<uint8_t>(points.size());
  first_to_move_ = go::Color::kWhite;
  Rebuild();
  return true;
}

absl::Status GameState::Play(go::Move move) {
  if (Full()) {
    return absl::ResourceExhaustedError(absl::StrCat("a game has at most ", kMaxMoves, " moves"));
  }
  const go::Legality legality = board_.Play(move);
  if (legality != go::Legality::kLegal) {
    return absl::InvalidArgumentError(absl::StrCat("illegal move: ", go::LegalityName(legality)));
  }
  record_.moves.push_back(move);
  to_move_ = go::Opposite(move.color);
  Note();
  return absl::OkStatus();
}

bool GameState::Undo() {
  if (record_.moves.empty()) return false;
  const go::Color color = record_.moves.back().color;
  record_.moves.pop_back();
  Rebuild();
  to_move_ = color;
  return true;
}

bool GameState::MayPlay(go::Move move) const {
  if (Full() || board_.Check(move) != go::Legality::kLegal) return false;
  if (move.point.IsPass()) return true;
  go::Board next = board_;
  next.Play(move);
  return !seen_.contains(next.StonesHash());
}

features::BitPlanes GameState::Planes(go::Color to_move) const {
  features::BitPlanes planes;
  history_.Fill(to_move, planes);
  return planes;
}

int GameState::consecutive_passes() const {
  int passes = 0;
  for (auto move = record_.moves.rbegin(); move != record_.moves.rend(); ++move) {
    if (!move->point.IsPass()) break;
    ++passes;
  }
  return passes;
}

void GameState::Rebuild() {
  board_.Reset(features::kBoardSize, go::SuicideOf(record_.info.ruleset));
  history_.Clear();
  seen_.clear();
  for (const go::Setup& setup : record_.setup) board_.PlaceSetup(setup);
  to_move_ = first_to_move_;
  Note();
  for (const go::Move& move : record_.moves) {
    board_.Play(move);
    to_move_ = go::Opposite(move.color);
    Note();
  }
}

void GameState::Note() {
  history_.Push(board_);
  seen_.insert(board_.StonesHash());
}

}  // namespace moyo::play
