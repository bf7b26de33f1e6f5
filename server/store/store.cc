// Opening, and what the whole store shares.
#include "server/store/store.h"

#include <algorithm>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/digest.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "server/store/schema.h"

namespace moyo::store {
namespace {

constexpr size_t kMaxAlarms = 100;
constexpr char kGetMeta[] = "SELECT value FROM meta WHERE key = ?";
constexpr char kPutMeta[] = "INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)";
constexpr char kLoadAlarms[] =
    "SELECT text FROM (SELECT * FROM alarms ORDER BY alarm_id DESC LIMIT 100) ORDER BY alarm_id";
constexpr char kAddAlarm[] = "INSERT INTO alarms(text) VALUES (?)";
constexpr char kDropAlarms[] =
    "DELETE FROM alarms WHERE alarm_id <= (SELECT max(alarm_id) FROM alarms) - 100";
constexpr char kLastSource[] = "SELECT ifnull(max(source_id), 0) FROM sources";
constexpr char kFoundGames[] = "SELECT ifnull(sum(games), 0) FROM sources";
constexpr char kRemovedGames[] = "SELECT ifnull(sum(games), 0) FROM sources WHERE removed = 1";
constexpr char kNextToken[] = "SELECT value FROM meta WHERE key = 'next_token'";
constexpr char kQuickCheck[] =
    "SELECT count(*) FROM pragma_quick_check(1) WHERE quick_check <> 'ok'";
constexpr char kGamesSeen[] = "SELECT value FROM meta WHERE key = 'games_seen'";

// A damaged page would come to light only when its rows are asked for, after more was built on it.
absl::Status CheckIntact(Database& database, const std::string& path) {
  const absl::StatusOr<uint64_t> problems = database.QueryInteger(kQuickCheck);
  if (problems.ok() && *problems == 0) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      "the database '", path, "' is damaged",
      problems.ok() ? "" : absl::StrCat(" (", problems.status().message(), ")"),
      "; put a backup of its folder in its place, or begin anew with another --run-dir"));
}

// An empty database would have the shards swept away as nobody's.
absl::Status CheckNotLost(Database& database, const std::string& folder) {
  MOYO_ASSIGN_OR_RETURN(const uint64_t version, database.QueryInteger("PRAGMA user_version"));
  if (version > 0 || !ShardFiles(folder + "/shards").HoldsAny()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      "'", folder, "' holds shards, but its database moyo.db is missing or empty; put a backup of ",
      "the folder in its place, or begin anew with another --run-dir"));
}

}  // namespace

Store::Store(std::unique_ptr<Database> database, const std::string& folder,
             const StoreOptions& options, const Clock& clock)
    : options_(options),
      clock_(clock),
      files_(folder + "/shards"),
      wal_sync_(folder + "/moyo.db-wal", GroupSync::Kind::kFile),
      folder_sync_(folder + "/shards", GroupSync::Kind::kFolder),
      database_(std::move(database)),
      catalogue_(*database_),
      ledger_(*database_),
      unit_table_(*database_) {}

absl::StatusOr<std::unique_ptr<Store>> Store::Open(const std::string& folder,
                                                   const StoreOptions& options,
                                                   const Clock& clock) {
  MOYO_RETURN_IF_ERROR(MakeFolder(folder + "/shards"));
  MOYO_ASSIGN_OR_RETURN(std::unique_ptr<Database> database, Database::Open(folder + "/moyo.db"));
  MOYO_RETURN_IF_ERROR(CheckIntact(*database, folder + "/moyo.db"));
  MOYO_RETURN_IF_ERROR(CheckNotLost(*database, folder));
  MOYO_RETURN_IF_ERROR(Migrate(*database));
  std::unique_ptr<Store> store(new Store(std::move(database), folder, options, clock));
  MOYO_RETURN_IF_ERROR(store->Load());
  return store;
}

absl::Status Store::SettleRunId() {
  MOYO_ASSIGN_OR_RETURN(run_id_, ReadMeta("run_id"));
  if (!run_id_.empty()) return absl::OkStatus();
  std::random_device random;
  for (int i = 0; i < 4; ++i) absl::StrAppend(&run_id_, absl::Hex(random(), absl::kZeroPad8));
  return WriteMeta("run_id", run_id_);
}

absl::Status Store::SettleDuplicates() {
  MOYO_ASSIGN_OR_RETURN(const std::string stored, ReadMeta("duplicates"));
  if (stored.empty()) {
    duplicates_ = options_.duplicates.value_or(Duplicates::kDrop);
    return WriteMeta("duplicates", duplicates_ == Duplicates::kDrop ? "drop" : "keep");
  }
  duplicates_ = stored == "keep" ? Duplicates::kKeep : Duplicates::kDrop;
  if (options_.duplicates.value_or(duplicates_) == duplicates_) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("this run directory was begun with --duplicates ", stored,
                   "; leave the flag out or use a new --run-dir"));
}

absl::Status Store::Load() {
  absl::MutexLock lock(&mutex_);
  MOYO_RETURN_IF_ERROR(SettleRunId());
  MOYO_RETURN_IF_ERROR(SettleDuplicates());
  MOYO_ASSIGN_OR_RETURN(const std::vector<work::Unit> units, unit_table_.LoadUnits());
  for (const work::Unit& unit : units) {
    work::Decision restarted = DecideFor(unit, work::Restart{});
    Put(restarted.next);
    next_unit_ = std::max(next_unit_, unit.id.value + 1);
  }
  std::set<std::string> kept;
  MOYO_ASSIGN_OR_RETURN(std::vector<Shard> shards, unit_table_.LoadShards());
  for (Shard& shard : shards) {
    const work::UnitId id{shard.unit_id};
    const work::Unit* unit = Find(id);
    if (unit == nullptr) return absl::DataLossError(absl::StrCat("shard of no unit ", id.value));
    kept.insert(files_.PathOf(id, shard.token));
    shards_[unit->first_game] = std::move(shard);
  }
  MOYO_RETURN_IF_ERROR(files_.Sweep(kept));
  LedgerChange loaded;
  MOYO_ASSIGN_OR_RETURN(loaded.counts, ledger_.Count());
  MOYO_ASSIGN_OR_RETURN(loaded.left_out, ledger_.LoadLeftOut());
  Take(loaded);
  return LoadCounts();
}

absl::Status Store::LoadCounts() {
  MOYO_ASSIGN_OR_RETURN(const uint64_t last_source, database_->QueryInteger(kLastSource));
  next_source_ = last_source + 1;
  MOYO_ASSIGN_OR_RETURN(counts_.found, database_->QueryInteger(kFoundGames));
  next_game_ = counts_.found + 1;
  counts_.pending = 0;
  for (const auto& [id, unit] : units_) {
    if (work::IsOpen(unit)) counts_.pending += unit.games;
  }
  MOYO_ASSIGN_OR_RETURN(const uint64_t next_token, database_->QueryInteger(kNextToken));
  next_token_ = std::max<uint64_t>(next_token, 1);
  MOYO_ASSIGN_OR_RETURN(games_seen_, database_->QueryInteger(kGamesSeen));
  MOYO_ASSIGN_OR_RETURN(removed_games_, database_->QueryInteger(kRemovedGames));
  MOYO_ASSIGN_OR_RETURN(Statement * alarms, database_->Prepare(kLoadAlarms));
  while (true) {
    MOYO_ASSIGN_OR_RETURN(const bool has_row, alarms->Step());
    if (!has_row) break;
    alarms_.push_back(alarms->GetBytes(0));
  }
  return CheckBalance(counts_);
}

const work::Unit* Store::Find(work::UnitId id) const {
  const auto found = units_.find(id);
  return found == units_.end() ? nullptr : &found->second;
}

work::Decision Store::DecideFor(const work::Unit& unit, const work::Event& event) const {
  return work::Decide(unit, event, clock_.Now(), options_.policy);
}

absl::Status Store::CheckBalance(const LedgerCounts& counts) {
  if (counts.Balances()) return absl::OkStatus();
  const std::string text = absl::StrCat(
      "the ledger does not balance: found ", counts.found, ", accepted ", counts.accepted,
      ", duplicate ", counts.duplicate, ", filtered ", counts.filtered, ", rejected ",
      counts.rejected, ", quarantined ", counts.quarantined, ", pending ", counts.pending);
  ShowAlarm(text);
  return absl::InternalError(text);
}

void Store::Put(const work::Unit& unit) {
  const auto [entry, is_new] = units_.try_emplace(unit.id, unit);
  // A renewal is none; that a backup takes the place is.
  const bool is_new_lease = is_new || entry->second.token != unit.token;
  if (!is_new) {
    --unit_counts_[static_cast<size_t>(entry->second.state)];
    entry->second = unit;
  }
  ++unit_counts_[static_cast<size_t>(unit.state)];
  const std::pair<work::GameId, work::UnitId> key{unit.first_game, unit.id};
  if (unit.state == work::UnitState::kPending) {
    pending_.insert(key);
  } else {
    pending_.erase(key);
  }
  NoteLease(unit, is_new_lease);
  const bool is_done = unit.state == work::UnitState::kDone;
  if (is_done && unit.second.token.value != 0) {
    checks_out_.insert(unit.id);
  } else {
    checks_out_.erase(unit.id);
  }
  if (work::AwaitsCheck(unit, options_.policy)) {
    unchecked_.insert(unit.id);
  } else {
    unchecked_.erase(unit.id);
  }
}

void Store::NoteLease(const work::Unit& unit, bool is_new) {
  const auto known = leased_.find(unit.id);
  const bool is_leased = unit.state == work::UnitState::kLeased;
  if (known != leased_.end() && (is_new || !is_leased)) {
    oldest_leases_.erase({known->second, unit.id});
    leased_.erase(known);
  }
  if (!is_leased) return;
  const auto [lease, is_added] = leased_.try_emplace(unit.id, clock_.Now());
  if (is_added) oldest_leases_.insert({lease->second, unit.id});
}

void Store::Take(const LedgerChange& change) {
  counts_ = change.counts;
  for (const ShardRow& left_out : change.left_out) {
    const work::Unit* unit = Find({left_out.unit_id});
    if (unit == nullptr) continue;
    std::vector<uint32_t>& rows = shards_[unit->first_game].left_out_rows;
    rows.insert(std::upper_bound(rows.begin(), rows.end(), left_out.row), left_out.row);
  }
  manifest_ = nullptr;
}

void Store::DropUploads(const work::Unit& unit) {
  auto upload = uploads_.lower_bound({unit.id, work::FencingToken{}});
  while (upload != uploads_.end() && upload->first.first == unit.id) {
    const work::FencingToken token = upload->first.second;
    if (work::MayCommit(unit, token)) {
      ++upload;
      continue;
    }
    files_.Remove(unit.id, token);
    upload = uploads_.erase(upload);
  }
}

bool Store::ShowAlarm(const std::string& text) {
  if (std::find(alarms_.begin(), alarms_.end(), text) != alarms_.end()) return false;
  alarms_.push_back(text);
  if (alarms_.size() > kMaxAlarms) alarms_.erase(alarms_.begin());
  return true;
}

void Store::AddAlarm(const std::string& text) {
  if (!ShowAlarm(text)) return;
  // An alarm that cannot be stored is still shown until the server ends.
  absl::StatusOr<Statement*> add = database_->Prepare(kAddAlarm);
  if (add.ok()) (*add)->Text(text).Run().IgnoreError();
  // A worker at fault may raise them for ever.
  database_->Execute(kDropAlarms).IgnoreError();
}

absl::StatusOr<std::string> Store::GetMeta(const std::string& key) {
  absl::MutexLock lock(&mutex_);
  return ReadMeta(key);
}

absl::StatusOr<std::string> Store::ReadMeta(const std::string& key) {
  MOYO_ASSIGN_OR_RETURN(Statement * get, database_->Prepare(kGetMeta));
  MOYO_ASSIGN_OR_RETURN(const bool has_row, get->Text(key).Step());
  if (!has_row) return std::string();
  std::string value = get->GetBytes(0);
  get->Reset();
  return value;
}

absl::Status Store::SyncFailure() {
  absl::Status failure = wal_sync_.failure();
  failure.Update(folder_sync_.failure());
  return failure;
}

absl::Status Store::SetMeta(const std::string& key, const std::string& value) {
  return OnDisk([&] {
    absl::MutexLock lock(&mutex_);
    return WriteMeta(key, value);
  }());
}

absl::Status Store::WriteMeta(const std::string& key, const std::string& value) {
  MOYO_ASSIGN_OR_RETURN(Statement * put, database_->Prepare(kPutMeta));
  return put->Text(key).Blob(value).Run();
}

}  // namespace moyo::store
