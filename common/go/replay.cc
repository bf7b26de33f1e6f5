#include "common/go/replay.h"

#include <utility>

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

void Replayer::ForgetPositions() {
  seen_count_ = 0;
  latest_.fill(kNone);
}

bool Replayer::SeenBefore(uint64_t stones_hash, int stones) {
  if (seen_count_ == kMaxSeen) return false;
  const uint16_t latest = std::exchange(latest_[stones], seen_count_);
  seen_[seen_count_++] = {stones_hash, latest};
  for (uint16_t at = latest; at != kNone; at = seen_[at].before) {
    if (seen_[at].hash == stones_hash) return true;
  }
  return false;
}

ReplayResult Replayer::Replay(const GameRecord& game) {
  ReplayResult result;
  board_.Reset(game.info.board_size, SuicideOf(game.info.ruleset));
  for (const Setup& setup : game.setup) {
    if (!board_.PlaceSetup(setup)) result.setup_ok = false;
  }
  if (!game.setup.empty() && !board_.AllChainsHaveLiberties()) result.setup_ok = false;
  if (!result.setup_ok) return result;
  ForgetPositions();
  SeenBefore(board_.StonesHash(), board_.stones());
  for (const Move& move : game.moves) {
    result.legality = board_.Play(move);
    if (result.legality != Legality::kLegal) break;
    ++result.legal_moves;
    if (move.point.IsPass()) continue;
    result.superko_repeats += SeenBefore(board_.StonesHash(), board_.stones());
  }
  return result;
}

}  // namespace moyo::go
