// Leases: granting, renewing, giving back, reaping.
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "server/store/store.h"

namespace moyo::store {
namespace {

constexpr uint64_t kTokensAtOnce = 1000;
constexpr size_t kMostLooked = 64;  // units, for one that may have a second lease

}  // namespace

absl::Status Store::Stale(work::UnitId unit, work::FencingToken token) {
  return absl::FailedPreconditionError(
      absl::StrCat("fencing token ", token.value, " of unit ", unit.value, " no longer counts"));
}

absl::StatusOr<std::optional<GrantedUnit>> Store::LeaseNext(const std::string& worker) {
  absl::StatusOr<std::optional<GrantedUnit>> granted = LeaseUnsynced(worker);
  if (granted.ok() && !*granted) return granted;
  return OnDisk(std::move(granted));
}

absl::StatusOr<std::optional<GrantedUnit>> Store::LeaseUnsynced(const std::string& worker) {
  absl::MutexLock lock(&mutex_);
  if (const work::Unit* unit = FindUnchecked(worker)) return GrantSecond(*unit, worker);
  if (!pending_.empty()) return GrantPending(worker);
  if (const work::Unit* unit = FindStraggler(worker)) return GrantSecond(*unit, worker);
  return std::nullopt;
}

absl::StatusOr<std::optional<GrantedUnit>> Store::GrantPending(const std::string& worker) {
  const work::Unit before = *Find(pending_.begin()->second);
  const work::Decision decision = DecideFor(before, work::Grant{{next_token_}, worker});
  if (decision.outcome != work::Outcome::kApplied) {
    return absl::InternalError(absl::StrCat("unit ", before.id.value, " cannot be granted"));
  }
  MOYO_ASSIGN_OR_RETURN(std::vector<Source> sources,
                        catalogue_.SourcesInRange(before.first_source.value, before.sources));
  MOYO_RETURN_IF_ERROR(SetTokensAside());
  MOYO_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(*database_));
  MOYO_RETURN_IF_ERROR(unit_table_.Update(decision.next, before.token));
  MOYO_RETURN_IF_ERROR(transaction.Commit());
  ++next_token_;
  ++lease_grants_;
  if (before.failures > 0) ++unit_retries_;
  Put(decision.next);
  return GrantedUnit{decision.next, std::move(sources)};
}

// Tokens are taken from the database many at once; a restart skips what is left of them.
absl::Status Store::SetTokensAside() {
  if (next_token_ < tokens_end_) return absl::OkStatus();
  MOYO_RETURN_IF_ERROR(WriteMeta("next_token", absl::StrCat(next_token_ + kTokensAtOnce)));
  tokens_end_ = next_token_ + kTokensAtOnce;
  return absl::OkStatus();
}

const work::Unit* Store::FindUnchecked(const std::string& worker) const {
  size_t looked = 0;
  for (const work::UnitId id : unchecked_) {
    const work::Unit* unit = Find(id);
    if (unit->worker != worker) return unit;
    if (++looked == kMostLooked) break;
  }
  return nullptr;
}

const work::Unit* Store::FindStraggler(const std::string& worker) const {
  const absl::Time now = clock_.Now();
  const absl::Duration age = unit_times_.StragglerAge(options_.policy);
  size_t looked = 0;
  for (const auto& [since, id] : oldest_leases_) {
    if (now - since < age || ++looked > kMostLooked) break;
    const work::Unit* unit = Find(id);
    if (unit->second.token.value == 0 && unit->worker != worker) return unit;
  }
  return nullptr;
}

absl::StatusOr<std::optional<GrantedUnit>> Store::GrantSecond(const work::Unit& before,
                                                              const std::string& worker) {
  const work::Decision decision = DecideFor(before, work::GrantSecond{{next_token_}, worker});
  if (decision.outcome != work::Outcome::kApplied) {
    return absl::InternalError(absl::StrCat("unit ", before.id.value, " has a second lease"));
  }
  MOYO_ASSIGN_OR_RETURN(std::vector<Source> sources,
                        catalogue_.SourcesInRange(before.first_source.value, before.sources));
  MOYO_RETURN_IF_ERROR(SetTokensAside());
  ++next_token_;
  ++lease_grants_;
  ++(work::IsOpen(before) ? backup_grants_ : check_grants_);
  GrantedUnit granted{decision.next, std::move(sources)};
  granted.unit.token = decision.next.second.token;
  granted.unit.worker = worker;
  Put(decision.next);
  return granted;
}

void Store::WhenTellable(work::FencingToken token, GroupSync::Done done) {
  if (token.value < tokens_on_disk_) return done(absl::OkStatus());
  uint64_t end = 0;
  {
    absl::MutexLock lock(&mutex_);
    end = tokens_end_;
  }
  wal_sync_.Then([this, end, done = std::move(done)](const absl::Status& synced) {
    if (synced.ok() && tokens_on_disk_ < end) tokens_on_disk_ = end;  // on this thread alone
    done(synced);
  });
}

absl::StatusOr<bool> Store::Progress(work::UnitId id, work::FencingToken token,
                                     uint64_t work_done) {
  absl::MutexLock lock(&mutex_);
  const work::Unit* unit = Find(id);
  if (unit == nullptr) return false;
  const work::Decision decision = DecideFor(*unit, work::Progress{token, work_done});
  if (decision.outcome == work::Outcome::kStale) return false;
  // A renewal is not stored: after a restart every live lease gets a grace period anyway.
  if (decision.outcome == work::Outcome::kApplied) Put(decision.next);
  return true;
}

absl::Status Store::Release(work::UnitId id, const work::Release& release) {
  return OnDisk([&]() -> absl::Status {
    absl::MutexLock lock(&mutex_);
    const work::Unit* unit = Find(id);
    if (unit == nullptr) return Stale(id, release.token);
    const work::Unit before = *unit;
    const work::Decision decision = DecideFor(before, release);
    if (decision.outcome != work::Outcome::kApplied) return Stale(id, release.token);
    return ApplyLeaving(before, decision.next);
  }());
}

absl::StatusOr<int> Store::Reap() {
  absl::MutexLock lock(&mutex_);
  // First: on a full disk these bytes are what can be freed.
  suspended_.Sweep(clock_.Now(), [this](const UploadKey& key) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    const work::Unit* unit = Find(key.unit);
    return unit != nullptr && work::MayCommit(*unit, key.token);
  });
  int reaped = 0;
  std::vector<work::UnitId> out(checks_out_.begin(), checks_out_.end());
  for (const auto& [id, since] : leased_) out.push_back(id);
  for (const work::UnitId id : out) {
    const work::Unit before = *Find(id);
    const work::Decision decision = DecideFor(before, work::Tick{});
    if (decision.outcome != work::Outcome::kApplied) continue;
    MOYO_RETURN_IF_ERROR(ApplyLeaving(before, decision.next));
    ++lease_expiries_;
    ++reaped;
  }
  return reaped;
}

absl::Status Store::ApplyLeaving(const work::Unit& before, const work::Unit& next) {
  std::vector<work::Unit> halves;
  LedgerChange change{counts_, {}};
  MOYO_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(*database_));
  MOYO_RETURN_IF_ERROR(WriteLeaving(before, next, halves, change));
  MOYO_RETURN_IF_ERROR(transaction.Commit());
  Put(next);
  for (const work::Unit& half : halves) Put(half);
  next_unit_ += halves.size();
  DropUploads(next);
  if (work::IsOpen(before) && !work::IsOpen(next)) Take(change);
  return absl::OkStatus();
}

absl::Status Store::WriteLeaving(const work::Unit& before, const work::Unit& next,
                                 std::vector<work::Unit>& halves, LedgerChange& change) {
  MOYO_RETURN_IF_ERROR(unit_table_.Update(next, before.token));
  if (next.state == work::UnitState::kSplit) return WriteHalves(next, halves);
  if (next.state == work::UnitState::kQuarantined) return WriteQuarantined(next, change);
  return absl::OkStatus();
}

absl::Status Store::WriteHalves(const work::Unit& unit, std::vector<work::Unit>& halves) {
  work::Unit first;
  first.id = work::UnitId{next_unit_};
  first.first_source = unit.first_source;
  first.sources = unit.sources / 2;
  first.first_game = unit.first_game;
  work::Unit second;
  second.id = work::UnitId{next_unit_ + 1};
  second.first_source.value = unit.first_source.value + first.sources;
  second.sources = unit.sources - first.sources;
  MOYO_ASSIGN_OR_RETURN(second.first_game.value, catalogue_.FirstGameOf(second.first_source.value));
  first.games = second.first_game.value - unit.first_game.value;
  second.games = unit.games - first.games;
  MOYO_RETURN_IF_ERROR(unit_table_.Insert(first));
  MOYO_RETURN_IF_ERROR(unit_table_.Insert(second));
  halves = {first, second};
  return absl::OkStatus();
}

absl::Status Store::WriteQuarantined(const work::Unit& unit, LedgerChange& change) {
  std::vector<Game> games;
  for (uint64_t i = 0; i < unit.games; ++i) {
    Game game;
    game.game_id = unit.first_game.value + i;
    game.source_id = unit.first_source.value;
    game.state = GameState::kQuarantined;
    game.reason = "SOURCE_QUARANTINED";
    game.detail = unit.last_error;
    games.push_back(std::move(game));
  }
  MOYO_RETURN_IF_ERROR(ledger_.InsertAll(unit.id.value, games, change));
  change.counts.pending -= unit.games;
  return CheckBalance(change.counts);
}

absl::StatusOr<std::vector<Source>> Store::SourcesOfLease(work::UnitId id,
                                                          work::FencingToken token) {
  absl::MutexLock lock(&mutex_);
  const work::Unit* unit = Find(id);
  if (unit == nullptr || !work::IsHeldUnder(*unit, token)) return Stale(id, token);
  return catalogue_.SourcesInRange(unit->first_source.value, unit->sources);
}

}  // namespace moyo::store
