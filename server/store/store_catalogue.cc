// The catalogue, and what people ask about it.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "server/store/store.h"

namespace moyo::store {
namespace {

constexpr char kLastFile[] = "SELECT ifnull(max(file_id), 0) FROM files";
constexpr char kLastScan[] = "SELECT ifnull(max(scan_id), 0) FROM roots";

}  // namespace

absl::StatusOr<std::optional<File>> Store::FindFile(const std::string& path) {
  absl::MutexLock lock(&mutex_);
  return catalogue_.FindFile(path);
}

absl::StatusOr<std::vector<Source>> Store::SourcesOfFile(uint64_t file_id) {
  absl::MutexLock lock(&mutex_);
  return catalogue_.SourcesOfFile(file_id);
}

absl::StatusOr<uint64_t> Store::NextFileId() {
  absl::MutexLock lock(&mutex_);
  MOYO_ASSIGN_OR_RETURN(const uint64_t last, database_->QueryInteger(kLastFile));
  return last + 1;
}

absl::Status Store::AddBatch(CatalogueBatch batch) {
  absl::MutexLock lock(&mutex_);
  uint64_t next_source = next_source_, next_game = next_game_, next_unit = next_unit_;
  std::vector<work::Unit> units;
  MOYO_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(*database_));
  for (const File& file : batch.files) MOYO_RETURN_IF_ERROR(catalogue_.PutFile(file));
  auto source = batch.sources.begin();
  for (const uint64_t unit_sources : batch.unit_sources) {
    work::Unit unit;
    unit.id.value = next_unit++;
    unit.first_source.value = next_source;
    unit.sources = unit_sources;
    unit.first_game.value = next_game;
    for (uint64_t i = 0; i < unit_sources; ++i, ++source) {
      source->source_id = next_source++;
      source->first_game = next_game;
      next_game += source->games;
      MOYO_RETURN_IF_ERROR(catalogue_.InsertSource(*source));
    }
    unit.games = next_game - unit.first_game.value;
    MOYO_RETURN_IF_ERROR(unit_table_.Insert(unit));
    units.push_back(std::move(unit));
  }
  MOYO_RETURN_IF_ERROR(WriteMeta("games_seen", absl::StrCat(games_seen_ + batch.games_seen)));
  LedgerCounts counts = counts_;
  counts.found += next_game - next_game_;
  counts.pending += next_game - next_game_;
  MOYO_RETURN_IF_ERROR(CheckBalance(counts));
  MOYO_RETURN_IF_ERROR(transaction.Commit());
  next_source_ = next_source;
  next_game_ = next_game;
  next_unit_ = next_unit;
  games_seen_ += batch.games_seen;
  counts_ = counts;
  for (const work::Unit& unit : units) Put(unit);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<File>> Store::FilesBelow(const std::string& folder,
                                                    const std::string& after, uint64_t most) {
  absl::MutexLock lock(&mutex_);
  return catalogue_.FilesBelow(folder, after, most);
}

absl::Status Store::MarkAll(const std::vector<Source>& sources, Presence presence,
                            uint64_t& removed_games) {
  for (const Source& source : sources) {
    MOYO_ASSIGN_OR_RETURN(const bool is_new, catalogue_.SetSource(source.source_id, presence));
    if (!is_new) continue;
    removed_games += presence == Presence::kRemoved ? source.games : -uint64_t{source.games};
  }
  return absl::OkStatus();
}

absl::Status Store::MarkSources(const std::vector<Source>& sources, Presence presence) {
  absl::MutexLock lock(&mutex_);
  uint64_t removed_games = removed_games_;
  MOYO_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(*database_));
  MOYO_RETURN_IF_ERROR(MarkAll(sources, presence, removed_games));
  MOYO_RETURN_IF_ERROR(transaction.Commit());
  removed_games_ = removed_games;
  return absl::OkStatus();
}

absl::Status Store::MarkFileRemoved(uint64_t file_id) {
  absl::MutexLock lock(&mutex_);
  uint64_t removed_games = removed_games_;
  MOYO_ASSIGN_OR_RETURN(const std::vector<Source> sources, catalogue_.SourcesOfFile(file_id));
  MOYO_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(*database_));
  MOYO_RETURN_IF_ERROR(catalogue_.SetFileRemoved(file_id));
  MOYO_RETURN_IF_ERROR(MarkAll(sources, Presence::kRemoved, removed_games));
  MOYO_RETURN_IF_ERROR(transaction.Commit());
  removed_games_ = removed_games;
  return absl::OkStatus();
}

absl::StatusOr<Scan> Store::BeginScan(std::vector<std::string> paths, uint64_t limit_games) {
  absl::MutexLock lock(&mutex_);
  MOYO_ASSIGN_OR_RETURN(const std::vector<Scan> scans, catalogue_.LoadScans(false));
  Scan scan{0, std::move(paths), limit_games};
  for (const Scan& known : scans) {
    if (known.paths == scan.paths && known.limit_games == limit_games) scan.scan_id = known.scan_id;
  }
  if (scan.scan_id == 0) {
    MOYO_ASSIGN_OR_RETURN(const uint64_t last, database_->QueryInteger(kLastScan));
    scan.scan_id = last + 1;
  }
  MOYO_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(*database_));
  MOYO_RETURN_IF_ERROR(catalogue_.PutScan(scan));
  MOYO_RETURN_IF_ERROR(transaction.Commit());
  return scan;
}

absl::Status Store::FinishScan(uint64_t scan_id) {
  return OnDisk([&] {
    absl::MutexLock lock(&mutex_);
    return catalogue_.FinishScan(scan_id);
  }());
}

absl::StatusOr<std::vector<Scan>> Store::UnfinishedScans() {
  absl::MutexLock lock(&mutex_);
  return catalogue_.LoadScans(true);
}

StoreStatus Store::GetStatus() {
  absl::MutexLock lock(&mutex_);
  StoreStatus status;
  status.ledger = counts_;
  const auto count = [this](work::UnitState state) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return unit_counts_[static_cast<size_t>(state)];
  };
  status.units = {count(work::UnitState::kPending), count(work::UnitState::kLeased),
                  count(work::UnitState::kDone), count(work::UnitState::kQuarantined),
                  count(work::UnitState::kSplit)};
  status.sources = next_source_ - 1;
  status.games_seen = games_seen_;
  status.removed_games = removed_games_;
  status.lease_expiries = lease_expiries_;
  status.commits = commits_;
  status.lease_grants = lease_grants_;
  status.unit_retries = unit_retries_;
  status.digest_conflicts = digest_conflicts_;
  status.backup_grants = backup_grants_;
  status.backup_commits = backup_commits_;
  status.check_grants = check_grants_;
  status.unit_checks = unit_checks_;
  status.unchecked_units = unchecked_.size() + checks_out_.size();
  status.waiting_uploads = uploads_.size();
  if (!oldest_leases_.empty()) {
    const absl::Duration age = clock_.Now() - oldest_leases_.begin()->first;
    status.oldest_lease_age = std::max(status.oldest_lease_age, age);
  }
  status.alarms = alarms_;
  return status;
}

std::map<std::string, uint32_t> Store::LeasesByWorker() {
  absl::MutexLock lock(&mutex_);
  std::map<std::string, uint32_t> leases;
  for (const auto& [id, since] : leased_) {
    const work::Unit& unit = *Find(id);
    ++leases[unit.worker];
    if (unit.second.token.value != 0) ++leases[unit.second.worker];
  }
  for (const work::UnitId id : checks_out_) ++leases[Find(id)->second.worker];
  return leases;
}

std::vector<work::Unit> Store::UnitsInOrder() {
  absl::MutexLock lock(&mutex_);
  std::vector<work::Unit> units;
  for (const auto& [id, unit] : units_) {
    if (unit.state != work::UnitState::kSplit) units.push_back(unit);
  }
  std::sort(units.begin(), units.end(),
            [](const auto& a, const auto& b) { return a.first_game < b.first_game; });
  return units;
}

absl::StatusOr<bool> Store::HasGames(const work::Unit& unit, GameState state) {
  absl::MutexLock lock(&mutex_);
  if (state == GameState::kPending) {
    // As the unit is now; one that was split since may have a half that is finished and one that is
    // not.
    const work::Unit* now = Find(unit.id);
    return now != nullptr && (work::IsOpen(*now) || now->state == work::UnitState::kSplit);
  }
  return ledger_.Holds(unit.first_game.value, unit.games, state);
}

absl::StatusOr<std::vector<LedgerEntry>> Store::ReadLedger(const work::Unit& unit) {
  absl::MutexLock lock(&mutex_);
  MOYO_ASSIGN_OR_RETURN(std::vector<LedgerEntry> entries,
                        ledger_.Read(unit.first_game.value, unit.games));
  // A unit's rows are stored all at once or not at all (its halves may stand one by one).
  if (entries.size() == unit.games) return entries;
  size_t stored = 0;
  std::vector<LedgerEntry> merged;
  MOYO_ASSIGN_OR_RETURN(const std::vector<Source> sources,
                        catalogue_.SourcesInRange(unit.first_source.value, unit.sources));
  for (const Source& source : sources) {
    for (uint64_t id = source.first_game; id < source.first_game + source.games; ++id) {
      if (stored < entries.size() && entries[stored].game.game_id == id) {
        merged.push_back(std::move(entries[stored++]));
        continue;
      }
      LedgerEntry entry;
      entry.game.game_id = id;
      entry.game.source_id = source.source_id;
      entry.path = source.path;
      entry.member = source.member;
      entry.source_offset = source.offset;
      entry.source_removed = source.removed;
      merged.push_back(std::move(entry));
    }
  }
  return merged;
}

}  // namespace moyo::store
