// A 19x19 game in progress: board, network history, the moves, and the way back.
//
//   GameState state;
//   if (state.Play({{3, 3}, go::Color::kBlack}).ok()) ...
//   state.Undo();
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "common/features/planes.h"
#include "common/go/board.h"
#include "common/go/types.h"

namespace moyo::play {

// Copyable. Not thread-safe.
class GameState {
 public:
  // Moves past this many are refused (Full), so that no game grows without end.
  static constexpr size_t kMaxMoves = 2000;

  GameState();
  // An empty board, Black to move; komi stays.
  void Clear();
  // The first `ply` moves of a game; all of them when ply is larger. INVALID_ARGUMENT, and no
  // change, for another board size, bad setup or an illegal move among them.
  absl::Status Load(const go::GameRecord& game, size_t ply = SIZE_MAX);
  // Black setup stones on the empty board, White to move. False, and no change, once the game has
  // begun, or for a pass or the same point twice.
  bool PlaceHandicap(const std::vector<go::Point>& points);

  // Either colour may play. INVALID_ARGUMENT names the rule an illegal move breaks,
  // RESOURCE_EXHAUSTED says that the game is full; neither changes anything. Superko is not refused
  // here: opponents and records play by many rules.
  absl::Status Play(go::Move move);
  // False at the start position.
  bool Undo();

  bool Full() const { return record_.moves.size() >= kMaxMoves; }
  // Legal, and repeats no earlier position of the game (positional superko): what we may play
  // ourselves.
  bool MayPlay(go::Move move) const;

  const go::Board& board() const { return board_; }
  // Whose turn it is: after a move the other side, at the start the first mover.
  go::Color to_move() const { return to_move_; }
  void set_to_move(go::Color color) { to_move_ = color; }
  const std::vector<go::Move>& moves() const { return record_.moves; }
  const go::GameRecord& record() const { return record_; }
  int komi_half_points() const { return record_.info.komi_half_points; }
  void set_komi_half_points(int komi) {
    record_.info.komi_half_points = static_cast<int16_t>(komi);
  }
  features::BitPlanes Planes(go::Color to_move) const;
  int consecutive_passes() const;

 private:
  // Board, history and hashes from the record.
  void Rebuild();
  void Note();

  go::GameRecord record_;
  go::Color first_to_move_ = go::Color::kBlack;
  go::Color to_move_ = go::Color::kBlack;
  go::Board board_;
  features::History history_;
  absl::flat_hash_set<uint64_t> seen_;
};

}  // namespace moyo::play
