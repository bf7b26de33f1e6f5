#include "server/store/ledger_table.h"

#include "common/base/status_macros.h"

namespace moyo::store {
namespace {

constexpr char kInsert[] =
    "INSERT INTO games(game_id, unit_id, source_id, state, reason, byte_offset, detail, moves,"
    " shard_row, game_hash, duplicate_of) VALUES (?,?,?,?,?,?,?,?,?,?,?)";
constexpr char kFindHash[] =
    "SELECT game_id, unit_id, shard_row, moves, reason FROM games"
    " WHERE game_hash = ? AND state = 1";
constexpr char kFlip[] = "UPDATE games SET state = 2, duplicate_of = ? WHERE game_id = ?";
constexpr char kRepoint[] =
    "UPDATE games SET duplicate_of = ? WHERE duplicate_of = ? AND state = 2";
constexpr char kCount[] =
    "SELECT state, count(*), sum(moves), sum(reason <> '') FROM games GROUP BY state";
constexpr char kLeftOut[] =
    "SELECT unit_id, shard_row FROM games WHERE state = 2 ORDER BY unit_id, shard_row";
constexpr char kRead[] =
    "SELECT g.game_id, g.source_id, g.state, g.reason, g.byte_offset, g.detail, g.moves,"
    " g.shard_row, g.game_hash, g.duplicate_of, f.path, s.member, s.byte_offset, df.path"
    " FROM games g JOIN sources s ON s.source_id = g.source_id"
    " JOIN files f ON f.file_id = s.file_id"
    " LEFT JOIN games d ON d.game_id = g.duplicate_of"
    " LEFT JOIN sources ds ON ds.source_id = d.source_id"
    " LEFT JOIN files df ON df.file_id = ds.file_id"
    " WHERE g.game_id >= ? AND g.game_id < ? ORDER BY g.game_id";

uint64_t& CountOf(GameState state, LedgerCounts& counts) {
  switch (state) {
    case GameState::kAccepted:
      return counts.accepted;
    case GameState::kDuplicate:
      return counts.duplicate;
    case GameState::kFiltered:
      return counts.filtered;
    case GameState::kRejected:
      return counts.rejected;
    case GameState::kQuarantined:
      return counts.quarantined;
    case GameState::kPending:
      break;
  }
  return counts.pending;
}

LedgerEntry EntryOf(const Statement& row) {
  LedgerEntry entry;
  Game& game = entry.game;
  game.game_id = row.GetInteger(0);
  game.source_id = row.GetInteger(1);
  game.state = static_cast<GameState>(row.GetInteger(2));
  game.reason = row.GetBytes(3);
  game.byte_offset = row.GetInteger(4);
  game.detail = row.GetBytes(5);
  game.moves = row.GetInteger(6);
  game.shard_row = row.GetInteger(7);
  game.game_hash = row.GetBytes(8);
  game.duplicate_of = row.GetInteger(9);
  entry.path = row.GetBytes(10);
  entry.member = row.GetBytes(11);
  entry.source_offset = row.GetInteger(12);
  entry.duplicate_of_path = row.GetBytes(13);
  return entry;
}

}  // namespace

absl::Status LedgerTable::Insert(uint64_t unit_id, std::vector<Game> games, Duplicates duplicates,
                                 LedgerChange& change) {
  for (Game& game : games) {
    if (game.state == GameState::kAccepted && duplicates == Duplicates::kDrop) {
      MOYO_RETURN_IF_ERROR(FindDuplicate(unit_id, game, change));
    }
    MOYO_RETURN_IF_ERROR(Write(unit_id, game));
    ++CountOf(game.state, change.counts);
    if (game.state == GameState::kAccepted) {
      change.counts.positions += game.moves;
      change.counts.truncated += !game.reason.empty();
    }
  }
  return absl::OkStatus();
}

absl::Status LedgerTable::FindDuplicate(uint64_t unit_id, Game& game, LedgerChange& change) {
  MOYO_ASSIGN_OR_RETURN(Statement * find, database_.Prepare(kFindHash));
  MOYO_ASSIGN_OR_RETURN(const bool found, find->Blob(game.game_hash).Step());
  if (!found) return absl::OkStatus();
  const uint64_t standing = find->GetInteger(0);
  const LeftOut standing_row{find->GetInteger(1), static_cast<uint32_t>(find->GetInteger(2))};
  const uint64_t standing_moves = find->GetInteger(3);
  const bool standing_truncated = !find->GetBytes(4).empty();
  find->Reset();
  if (standing < game.game_id) {
    game.state = GameState::kDuplicate;
    game.duplicate_of = standing;
    change.left_out.push_back({unit_id, game.shard_row});
    return absl::OkStatus();
  }
  // The earlier game came later: it takes the place of the one that stands.
  MOYO_ASSIGN_OR_RETURN(Statement * repoint, database_.Prepare(kRepoint));
  MOYO_RETURN_IF_ERROR(repoint->Integer(game.game_id).Integer(standing).Run());
  MOYO_ASSIGN_OR_RETURN(Statement * flip, database_.Prepare(kFlip));
  MOYO_RETURN_IF_ERROR(flip->Integer(game.game_id).Integer(standing).Run());
  --change.counts.accepted;
  ++change.counts.duplicate;
  change.counts.positions -= standing_moves;
  change.counts.truncated -= standing_truncated;
  change.left_out.push_back(standing_row);
  return absl::OkStatus();
}

absl::Status LedgerTable::Write(uint64_t unit_id, const Game& game) {
  MOYO_ASSIGN_OR_RETURN(Statement * insert, database_.Prepare(kInsert));
  insert->Integer(game.game_id)
      .Integer(unit_id)
      .Integer(game.source_id)
      .Integer(static_cast<uint64_t>(game.state))
      .Text(game.reason)
      .Integer(game.byte_offset)
      .Text(game.detail)
      .Integer(game.moves)
      .Integer(game.shard_row);
  game.game_hash.empty() ? insert->Null() : insert->Blob(game.game_hash);
  game.duplicate_of == 0 ? insert->Null() : insert->Integer(game.duplicate_of);
  return insert->Run();
}

absl::StatusOr<LedgerCounts> LedgerTable::Count() {
  LedgerCounts counts;
  MOYO_ASSIGN_OR_RETURN(Statement * query, database_.Prepare(kCount));
  while (true) {
    MOYO_ASSIGN_OR_RETURN(const bool has_row, query->Step());
    if (!has_row) return counts;
    const GameState state = static_cast<GameState>(query->GetInteger(0));
    CountOf(state, counts) = query->GetInteger(1);
    if (state != GameState::kAccepted) continue;
    counts.positions = query->GetInteger(2);
    counts.truncated = query->GetInteger(3);
  }
}

absl::StatusOr<std::vector<LeftOut>> LedgerTable::LoadLeftOut() {
  std::vector<LeftOut> rows;
  MOYO_ASSIGN_OR_RETURN(Statement * query, database_.Prepare(kLeftOut));
  while (true) {
    MOYO_ASSIGN_OR_RETURN(const bool has_row, query->Step());
    if (!has_row) return rows;
    rows.push_back({query->GetInteger(0), static_cast<uint32_t>(query->GetInteger(1))});
  }
}

absl::StatusOr<std::vector<LedgerEntry>> LedgerTable::Read(uint64_t first_game, uint64_t count) {
  std::vector<LedgerEntry> entries;
  MOYO_ASSIGN_OR_RETURN(Statement * query, database_.Prepare(kRead));
  query->Integer(first_game).Integer(first_game + count);
  while (true) {
    MOYO_ASSIGN_OR_RETURN(const bool has_row, query->Step());
    if (!has_row) return entries;
    entries.push_back(EntryOf(*query));
  }
}

}  // namespace moyo::store
