#include "common/go/replay.h"

namespace moyo::go {

Board::Suicide SuicideOf(Ruleset ruleset) {
  switch (ruleset) {
    case Ruleset::kNewZealand:
    case Ruleset::kTrompTaylor:
    case Ruleset::kIng:
      return Board::Suicide::kAllowed;
    default:
      return Board::Suicide::kForbidden;
  }
}

bool Replayer::SeenBefore(uint64_t stones_hash) {
  if (seen_count_ >= kMaxSeen) return false;
  for (size_t at = stones_hash % kSlots;; at = (at + 1) % kSlots) {
    Slot& slot = seen_[at];
    if (slot.game != game_) {
      slot = {stones_hash, game_};
      ++seen_count_;
      return false;
    }
    if (slot.hash == stones_hash) return true;
  }
}

ReplayResult Replayer::Replay(const GameRecord& game) {
  ReplayResult result;
  board_.Reset(game.info.board_size, SuicideOf(game.info.ruleset));
  for (const Setup& setup : game.setup) {
    if (!board_.PlaceSetup(setup)) result.setup_ok = false;
  }
  if (!game.setup.empty() && !board_.AllChainsHaveLiberties()) result.setup_ok = false;
  if (!result.setup_ok) return result;
  ++game_;
  seen_count_ = 0;
  SeenBefore(board_.StonesHash());
  for (const Move& move : game.moves) {
    result.legality = board_.Play(move);
    if (result.legality != Legality::kLegal) break;
    ++result.legal_moves;
    if (!move.point.IsPass() && SeenBefore(board_.StonesHash())) ++result.superko_repeats;
  }
  return result;
}

}  // namespace moyo::go
