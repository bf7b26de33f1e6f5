#include "server/store/ledger_table.h"

#include "common/base/status_macros.h"

namespace moyo::store {
namespace {

constexpr char kInsert[] =
    "INSERT INTO games(game_id, unit_id, source_id, state, reason, byte_offset, detail, moves,"
    " shard_row, game_hash, duplicate_of, duplicate_kind, symmetry, marks)"
    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
constexpr char kFindStanding[] =
    "SELECT unit_id, shard_row, moves, reason, symmetry, marks, game_hash FROM games"
    " WHERE game_id = ? AND state = 1";
constexpr char kFlip[] =
    "UPDATE games SET state = 2, duplicate_of = ?, duplicate_kind = ? WHERE game_id = ?";
constexpr char kRepoint[] =
    "UPDATE games SET duplicate_of = ? WHERE duplicate_of = ? AND state = 2";
constexpr char kMoveKind[] =
    "UPDATE games SET duplicate_kind = ? WHERE duplicate_of = ? AND state = 2"
    " AND duplicate_kind = ?";
constexpr char kMoveKindOfSymmetry[] =
    "UPDATE games SET duplicate_kind = ? WHERE duplicate_of = ? AND state = 2"
    " AND duplicate_kind = ? AND symmetry = ?";
constexpr char kCount[] =
    "SELECT state, count(*), sum(moves), sum(reason <> ''), sum(duplicate_kind = 1),"
    " sum(duplicate_kind = 2), sum(duplicate_kind = 3) FROM games GROUP BY state";
constexpr char kLeftOut[] =
    "SELECT unit_id, shard_row FROM games WHERE state = 2 ORDER BY unit_id, shard_row";
constexpr char kHolds[] =
    "SELECT count(*) FROM (SELECT 1 FROM games WHERE game_id >= ? AND game_id < ? AND state = ?"
    " LIMIT 1)";
// The same of all states but ACCEPTED, which nearly all games have: by the index of the others.
constexpr char kHoldsNotAccepted[] =
    "SELECT count(*) FROM (SELECT 1 FROM games INDEXED BY games_not_accepted"
    " WHERE game_id >= ? AND game_id < ? AND state = ? AND state > 1 LIMIT 1)";
constexpr char kRead[] =
    "SELECT g.game_id, g.source_id, g.state, g.reason, g.byte_offset, g.detail, g.moves,"
    " g.shard_row, g.game_hash, g.duplicate_of, f.path, s.member, s.byte_offset, df.path,"
    " g.duplicate_kind, s.removed"
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
  game.duplicate_kind = static_cast<DuplicateKind>(row.GetInteger(14));
  entry.source_removed = row.GetInteger(15) != 0;
  return entry;
}

uint64_t* KindOf(DuplicateKind kind, LedgerCounts& counts) {
  switch (kind) {
    case DuplicateKind::kIdentical:
      return &counts.identical;
    case DuplicateKind::kSymmetric:
      return &counts.symmetric;
    case DuplicateKind::kContinued:
      return &counts.continued;
    case DuplicateKind::kNone:
      break;
  }
  return nullptr;
}

std::string BytesOf(const std::vector<uint32_t>& marks) {
  return std::string(reinterpret_cast<const char*>(marks.data()), marks.size() * sizeof(marks[0]));
}

bool StartsWith(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

DuplicateKind KindOfCopy(uint8_t symmetry, uint8_t of_symmetry) {
  return symmetry == of_symmetry ? DuplicateKind::kIdentical : DuplicateKind::kSymmetric;
}

}  // namespace

absl::Status LedgerTable::InsertAll(uint64_t unit_id, const std::vector<Game>& games,
                                    LedgerChange& change) {
  for (const Game& game : games) MOYO_RETURN_IF_ERROR(Write(unit_id, game, change));
  return absl::OkStatus();
}

absl::Status LedgerTable::Insert(uint64_t unit_id, std::vector<Game> games,
                                 const IsContinued& is_continued, LedgerChange& change) {
  MOYO_RETURN_IF_ERROR(alike_.Begin());
  for (Game& game : games) {
    if (game.state == GameState::kAccepted) {
      MOYO_RETURN_IF_ERROR(Judge(unit_id, game, is_continued, change));
    }
    MOYO_RETURN_IF_ERROR(Write(unit_id, game, change));
    if (game.state != GameState::kAccepted) continue;
    alike_.Insert({BytesOf(game.marks), game.game_hash, game.game_id});
  }
  return alike_.EndUnit(unit_id);
}

// A longer game comes before an equal one: so a copy's kind does not depend on which came first.
absl::Status LedgerTable::Judge(uint64_t unit_id, Game& game, const IsContinued& is_continued,
                                LedgerChange& change) {
  const ShardRow row{unit_id, game.shard_row};
  const auto leave_out = [&](const Standing& standing, DuplicateKind kind) {
    game.state = GameState::kDuplicate;
    game.duplicate_of = standing.game_id;
    game.duplicate_kind = kind;
    change.left_out.push_back(row);
    return absl::OkStatus();
  };
  const std::string marks = BytesOf(game.marks);
  MOYO_ASSIGN_OR_RETURN(const std::vector<Standing> alike, FindAlike(marks, game.game_hash));
  for (const Standing& standing : alike) {
    if (!marks.empty() && standing.moves > game.moves && StartsWith(standing.marks, marks) &&
        is_continued(row, standing.row)) {
      return leave_out(standing, DuplicateKind::kContinued);
    }
  }
  for (const Standing& standing : alike) {
    if (standing.game_hash != game.game_hash) continue;
    const DuplicateKind kind = KindOfCopy(game.symmetry, standing.symmetry);
    if (standing.game_id < game.game_id) return leave_out(standing, kind);
    // The earlier game came later: it takes the place of the one that stands.
    return Replace(standing, game, kind, change);
  }
  for (const Standing& standing : alike) {
    if (!standing.marks.empty() && standing.moves < game.moves &&
        StartsWith(marks, standing.marks) && is_continued(standing.row, row)) {
      MOYO_RETURN_IF_ERROR(Replace(standing, game, DuplicateKind::kContinued, change));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<LedgerTable::Standing>> LedgerTable::FindAlike(
    const std::string& marks, const std::string& game_hash) {
  std::vector<Standing> alike;
  MOYO_ASSIGN_OR_RETURN(const std::vector<uint64_t> ids, alike_.Find(marks, game_hash));
  for (const uint64_t id : ids) {
    MOYO_ASSIGN_OR_RETURN(Statement * find, database_.Prepare(kFindStanding));
    MOYO_ASSIGN_OR_RETURN(const bool found, find->Integer(id).Step());
    if (!found) continue;  // of the unit being written: not an accepted one any more
    Standing& standing = alike.emplace_back();
    standing.game_id = id;
    standing.row = {find->GetInteger(0), static_cast<uint32_t>(find->GetInteger(1))};
    standing.moves = find->GetInteger(2);
    standing.truncated = !find->GetBytes(3).empty();
    standing.symmetry = static_cast<uint8_t>(find->GetInteger(4));
    standing.marks = find->GetBytes(5);
    standing.game_hash = find->GetBytes(6);
    find->Reset();
  }
  return alike;
}

absl::Status LedgerTable::Replace(const Standing& standing, const Game& game, DuplicateKind kind,
                                  LedgerChange& change) {
  MOYO_ASSIGN_OR_RETURN(Statement * repoint, database_.Prepare(kRepoint));
  MOYO_RETURN_IF_ERROR(repoint->Integer(game.game_id).Integer(standing.game_id).Run());
  MOYO_RETURN_IF_ERROR(MoveKinds(game, kind, change.counts));
  MOYO_ASSIGN_OR_RETURN(Statement * flip, database_.Prepare(kFlip));
  MOYO_RETURN_IF_ERROR(flip->Integer(game.game_id)
                           .Integer(static_cast<uint64_t>(kind))
                           .Integer(standing.game_id)
                           .Run());
  MOYO_RETURN_IF_ERROR(alike_.Erase({standing.marks, standing.game_hash, standing.game_id}));
  --change.counts.accepted;
  ++change.counts.duplicate;
  ++*KindOf(kind, change.counts);
  change.counts.positions -= standing.moves;
  change.counts.truncated -= standing.truncated;
  change.left_out.push_back(standing.row);
  return absl::OkStatus();
}

// What the duplicates of a game that lost its place are of the one that took it, which is `kind` of
// the former: copies of a game that is continued are so themselves; plain copies of a symmetric one
// are symmetric, and those with its own symmetry plain. What was continued stays so.
absl::Status LedgerTable::MoveKinds(const Game& game, DuplicateKind kind, LedgerCounts& counts) {
  const auto move = [&](const char* sql, DuplicateKind from, DuplicateKind to) -> absl::Status {
    MOYO_ASSIGN_OR_RETURN(Statement * update, database_.Prepare(sql));
    update->Integer(static_cast<uint64_t>(to)).Integer(game.game_id);
    update->Integer(static_cast<uint64_t>(from));
    if (sql == kMoveKindOfSymmetry) update->Integer(game.symmetry);
    MOYO_RETURN_IF_ERROR(update->Run());
    *KindOf(from, counts) -= database_.changes();
    *KindOf(to, counts) += database_.changes();
    return absl::OkStatus();
  };
  if (kind == DuplicateKind::kContinued) {
    MOYO_RETURN_IF_ERROR(move(kMoveKind, DuplicateKind::kIdentical, kind));
    return move(kMoveKind, DuplicateKind::kSymmetric, kind);
  }
  if (kind == DuplicateKind::kIdentical) return absl::OkStatus();
  MOYO_RETURN_IF_ERROR(move(kMoveKind, DuplicateKind::kIdentical, DuplicateKind::kSymmetric));
  return move(kMoveKindOfSymmetry, DuplicateKind::kSymmetric, DuplicateKind::kIdentical);
}

absl::Status LedgerTable::Write(uint64_t unit_id, const Game& game, LedgerChange& change) {
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
  insert->Integer(static_cast<uint64_t>(game.duplicate_kind)).Integer(game.symmetry);
  game.marks.empty() ? insert->Null() : insert->Blob(BytesOf(game.marks));
  MOYO_RETURN_IF_ERROR(insert->Run());
  ++CountOf(game.state, change.counts);
  if (game.state == GameState::kDuplicate) ++*KindOf(game.duplicate_kind, change.counts);
  if (game.state == GameState::kAccepted) {
    change.counts.positions += game.moves;
    change.counts.truncated += !game.reason.empty();
  }
  return absl::OkStatus();
}

absl::StatusOr<LedgerCounts> LedgerTable::Count() {
  LedgerCounts counts;
  MOYO_ASSIGN_OR_RETURN(Statement * query, database_.Prepare(kCount));
  while (true) {
    MOYO_ASSIGN_OR_RETURN(const bool has_row, query->Step());
    if (!has_row) return counts;
    const GameState state = static_cast<GameState>(query->GetInteger(0));
    CountOf(state, counts) = query->GetInteger(1);
    if (state == GameState::kDuplicate) {
      counts.identical = query->GetInteger(4);
      counts.symmetric = query->GetInteger(5);
      counts.continued = query->GetInteger(6);
    }
    if (state != GameState::kAccepted) continue;
    counts.positions = query->GetInteger(2);
    counts.truncated = query->GetInteger(3);
  }
}

absl::StatusOr<std::vector<ShardRow>> LedgerTable::LoadLeftOut() {
  std::vector<ShardRow> rows;
  MOYO_ASSIGN_OR_RETURN(Statement * query, database_.Prepare(kLeftOut));
  while (true) {
    MOYO_ASSIGN_OR_RETURN(const bool has_row, query->Step());
    if (!has_row) return rows;
    rows.push_back({query->GetInteger(0), static_cast<uint32_t>(query->GetInteger(1))});
  }
}

absl::StatusOr<bool> LedgerTable::Holds(uint64_t first_game, uint64_t count, GameState state) {
  MOYO_ASSIGN_OR_RETURN(
      Statement * query,
      database_.Prepare(state == GameState::kAccepted ? kHolds : kHoldsNotAccepted));
  query->Integer(first_game).Integer(first_game + count).Integer(static_cast<uint64_t>(state));
  MOYO_RETURN_IF_ERROR(query->Step().status());
  const bool holds = query->GetInteger(0) != 0;
  query->Reset();
  return holds;
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
