#include "server/store/unit_table.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace moyo::store {
namespace {

constexpr char kInsertUnit[] =
    "INSERT INTO units(unit_id, first_source, sources, first_game, games, state, failures, token,"
    " worker, digest, last_error) VALUES (?,?,?,?,?,?,?,?,?,?,?)";
constexpr char kUpdateUnit[] =
    "UPDATE units SET state = ?, failures = ?, token = ?, worker = ?, digest = ?, last_error = ?,"
    " checked = ? WHERE unit_id = ? AND token = ?";
constexpr char kLoadUnits[] =
    "SELECT unit_id, first_source, sources, first_game, games, state, failures, token, worker,"
    " digest, last_error, checked FROM units ORDER BY unit_id";
constexpr char kInsertShard[] =
    "INSERT INTO shards(unit_id, token, digest, length_bytes, games, positions)"
    " VALUES (?,?,?,?,?,?)";
constexpr char kLoadShards[] =
    "SELECT unit_id, token, digest, length_bytes, games, positions FROM shards";

}  // namespace

absl::Status UnitTable::Insert(const work::Unit& unit) {
  MOYO_ASSIGN_OR_RETURN(Statement * insert, database_.Prepare(kInsertUnit));
  return insert->Integer(unit.id.value)
      .Integer(unit.first_source.value)
      .Integer(unit.sources)
      .Integer(unit.first_game.value)
      .Integer(unit.games)
      .Integer(static_cast<uint64_t>(unit.state))
      .Integer(unit.failures)
      .Integer(unit.token.value)
      .Text(unit.worker)
      .Blob(unit.digest)
      .Text(unit.last_error)
      .Run();
}

absl::Status UnitTable::Update(const work::Unit& unit, work::FencingToken before) {
  MOYO_ASSIGN_OR_RETURN(Statement * update, database_.Prepare(kUpdateUnit));
  MOYO_RETURN_IF_ERROR(update->Integer(static_cast<uint64_t>(unit.state))
                           .Integer(unit.failures)
                           .Integer(unit.token.value)
                           .Text(unit.worker)
                           .Blob(unit.digest)
                           .Text(unit.last_error)
                           .Integer(static_cast<uint64_t>(unit.check))
                           .Integer(unit.id.value)
                           .Integer(before.value)
                           .Run());
  if (database_.changes() == 1) return absl::OkStatus();
  return absl::AbortedError(
      absl::StrCat("unit ", unit.id.value, " has another fencing token in the database"));
}

absl::StatusOr<std::vector<work::Unit>> UnitTable::LoadUnits() {
  std::vector<work::Unit> units;
  MOYO_ASSIGN_OR_RETURN(Statement * query, database_.Prepare(kLoadUnits));
  while (true) {
    MOYO_ASSIGN_OR_RETURN(const bool has_row, query->Step());
    if (!has_row) return units;
    work::Unit unit;
    unit.id.value = query->GetInteger(0);
    unit.first_source.value = query->GetInteger(1);
    unit.sources = query->GetInteger(2);
    unit.first_game.value = query->GetInteger(3);
    unit.games = query->GetInteger(4);
    unit.state = static_cast<work::UnitState>(query->GetInteger(5));
    unit.failures = query->GetInteger(6);
    unit.token.value = query->GetInteger(7);
    unit.worker = query->GetBytes(8);
    unit.digest = query->GetBytes(9);
    unit.last_error = query->GetBytes(10);
    unit.check = static_cast<work::Check>(query->GetInteger(11));
    units.push_back(std::move(unit));
  }
}

absl::Status UnitTable::InsertShard(const Shard& shard) {
  MOYO_ASSIGN_OR_RETURN(Statement * insert, database_.Prepare(kInsertShard));
  return insert->Integer(shard.unit_id)
      .Integer(shard.token.value)
      .Blob(shard.digest)
      .Integer(shard.length_bytes)
      .Integer(shard.games)
      .Integer(shard.positions)
      .Run();
}

absl::StatusOr<std::vector<Shard>> UnitTable::LoadShards() {
  std::vector<Shard> shards;
  MOYO_ASSIGN_OR_RETURN(Statement * query, database_.Prepare(kLoadShards));
  while (true) {
    MOYO_ASSIGN_OR_RETURN(const bool has_row, query->Step());
    if (!has_row) return shards;
    Shard shard;
    shard.unit_id = query->GetInteger(0);
    shard.token.value = query->GetInteger(1);
    shard.digest = query->GetBytes(2);
    shard.length_bytes = query->GetInteger(3);
    shard.games = query->GetInteger(4);
    shard.positions = query->GetInteger(5);
    shards.push_back(std::move(shard));
  }
}

}  // namespace moyo::store
