#include "server/messages.h"

#include "absl/strings/str_cat.h"
#include "common/base/digest.h"
#include "common/base/text.h"
#include "common/base/utf8.h"

namespace moyo::server {
namespace {

constexpr size_t kMaxTextBytes = 8192;
constexpr size_t kMaxLineBytes = 400;

}  // namespace

std::string AsUtf8(const std::string& bytes) {
  return IsUtf8(bytes) ? bytes : EscapeBytes(bytes, kMaxTextBytes);
}

std::string OneLine(const std::string& text) {
  std::string line = text.substr(0, kMaxLineBytes);
  for (size_t at = 0; at < line.size(); ++at) {
    const size_t control_bytes = ControlCharacterBytes(std::string_view(line).substr(at));
    line.replace(at, control_bytes, control_bytes, ' ');
  }
  return line;
}

void FillSource(const store::Source& source, v1::Source& message) {
  message.set_source_id(source.source_id);
  message.set_path(AsUtf8(source.path));
  message.set_member(AsUtf8(source.member));
  message.set_offset(source.offset);
  message.set_length_bytes(source.length_bytes);
  message.set_content_hash(ToBytes(source.content_hash));
  message.set_games(source.games);
  message.set_first_game(source.first_game);
}

void FillLedger(const store::LedgerCounts& counts, v1::LedgerCounts& message) {
  message.set_found(counts.found);
  message.set_accepted(counts.accepted);
  message.set_duplicate(counts.duplicate);
  message.set_filtered(counts.filtered);
  message.set_rejected(counts.rejected);
  message.set_quarantined(counts.quarantined);
  message.set_pending(counts.pending);
  message.set_truncated(counts.truncated);
  message.set_positions(counts.positions);
  message.set_identical(counts.identical);
  message.set_symmetric(counts.symmetric);
  message.set_continued(counts.continued);
}

void FillUnits(const store::UnitCounts& counts, v1::UnitCounts& message) {
  message.set_pending(counts.pending);
  message.set_leased(counts.leased);
  message.set_done(counts.done);
  message.set_quarantined(counts.quarantined);
  message.set_split(counts.split);
}

void FillShard(const store::Shard& shard, v1::ShardEntry& message) {
  message.set_unit_id(shard.unit_id);
  message.set_shard_digest(shard.digest);
  message.set_length_bytes(shard.length_bytes);
  message.set_games(shard.games);
  message.set_positions(shard.positions);
  message.mutable_left_out_rows()->Add(shard.left_out_rows.begin(), shard.left_out_rows.end());
}

void FillEntry(const store::LedgerEntry& entry, v1::LedgerEntry& message) {
  const store::Game& game = entry.game;
  v1::LedgerRow& row = *message.mutable_row();
  row.set_game_id(game.game_id);
  row.set_state(static_cast<v1::GameState>(game.state));
  row.set_reason(AsUtf8(game.reason));
  row.set_byte_offset(game.byte_offset);
  row.set_detail(AsUtf8(game.detail));
  row.set_moves(game.moves);
  row.set_shard_row(game.shard_row);
  row.set_game_hash(game.game_hash);
  message.set_path(AsUtf8(entry.path));
  message.set_member(AsUtf8(entry.member));
  message.set_source_offset(entry.source_offset);
  message.set_duplicate_of(game.duplicate_of);
  message.set_duplicate_of_path(AsUtf8(entry.duplicate_of_path));
  message.set_duplicate_kind(static_cast<v1::DuplicateKind>(game.duplicate_kind));
  message.set_source_removed(entry.source_removed);
}

absl::StatusOr<std::vector<store::Game>> GamesOf(const v1::CommitUnitRequest& request) {
  std::vector<store::Game> games;
  games.reserve(request.rows_size());
  for (const v1::LedgerRow& row : request.rows()) {
    if (row.state() != v1::GAME_STATE_ACCEPTED && row.state() != v1::GAME_STATE_FILTERED &&
        row.state() != v1::GAME_STATE_REJECTED) {
      return absl::InvalidArgumentError(
          absl::StrCat("game ", row.game_id(), " has a state that only the server gives"));
    }
    store::Game game;
    game.game_id = row.game_id();
    game.state = static_cast<store::GameState>(row.state());
    game.reason = row.reason();
    game.byte_offset = row.byte_offset();
    game.detail = row.detail();
    game.moves = row.moves();
    game.shard_row = row.shard_row();
    if (game.state == store::GameState::kAccepted) {
      game.game_hash = row.game_hash();
      game.symmetry = row.symmetry();
      game.marks.assign(row.marks().begin(), row.marks().end());
    }
    games.push_back(std::move(game));
  }
  return games;
}

}  // namespace moyo::server
