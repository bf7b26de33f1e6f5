#include "cli/planes/position_walk.h"

#include <algorithm>
#include <cstring>

#include "common/base/status_macros.h"
#include "common/go/replay.h"

namespace moyo::cli {
namespace {

int8_t WinnerFor(go::Color to_move, go::Winner winner) {
  if (winner != go::Winner::kBlack && winner != go::Winner::kWhite) return 0;
  return (winner == go::Winner::kBlack) == (to_move == go::Color::kBlack) ? 1 : -1;
}

}  // namespace

absl::Status PositionWalk::Walk(const FedShard& shard, const Sink& sink) {
  const shard::Columns& columns = shard.columns;
  size_t first_move = 0, first_setup = 0;
  for (uint32_t row = 0; row < columns.games(); ++row) {
    const auto& left_out = shard.left_out_rows;
    if (std::binary_search(left_out.begin(), left_out.end(), row)) {
      ++counts_.copies;
    } else if (columns.game_board_size[row] != features::kBoardSize) {
      ++counts_.other_sizes;
      counts_.other_positions += columns.game_moves[row];
    } else {
      shard::ReadGame(columns, row, first_move, first_setup, game_);
      std::memcpy(&sample_.game_hash, &columns.game_hash[row * sizeof(Hash128)],
                  sizeof(sample_.game_hash));
      MOYO_RETURN_IF_ERROR(WalkGame(sink));
    }
    first_move += columns.game_moves[row];
    first_setup += columns.game_setup[row];
  }
  return absl::OkStatus();
}

absl::Status PositionWalk::WalkGame(const Sink& sink) {
  const uint64_t given_before = counts_.positions;
  board_.Reset(features::kBoardSize, go::SuicideOf(game_.info.ruleset));
  for (const go::Setup& setup : game_.setup) board_.PlaceSetup(setup);
  history_.Clear();
  history_.Push(board_);
  for (size_t ply = 0; ply < game_.moves.size(); ++ply) {
    const go::Move& move = game_.moves[ply];
    if (at_limit()) {
      counts_.over_limit += game_.moves.size() - ply;
      break;
    }
    if (met_++ % options_.every != 0) {
      ++counts_.not_every;
    } else {
      history_.Fill(move.color, sample_.planes);
      sample_.policy = static_cast<uint16_t>(features::PolicyIndex(move.point));
      sample_.ply = static_cast<uint16_t>(ply);
      sample_.winner = WinnerFor(move.color, game_.info.winner);
      sample_.winner_known = game_.info.winner != go::Winner::kUnknown;
      MOYO_RETURN_IF_ERROR(sink(sample_));
      ++counts_.positions;
    }
    board_.Play(move);
    history_.Push(board_);
  }
  if (counts_.positions > given_before) ++counts_.games;
  return absl::OkStatus();
}

}  // namespace moyo::cli
