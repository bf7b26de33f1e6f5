// Leases: granting, renewing, giving back, reaping.
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "server/store/store.h"

namespace moyo::store {
namespace {

constexpr uint64_t kTokensAtOnce = 1000;

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
  if (pending_.empty()) return std::nullopt;
  const work::Unit before = *Find(pending_.begin()->second);
  const work::FencingToken token{next_token_};
  const work::Decision decision = DecideFor(before, work::Grant{token, worker});
  if (decision.outcome != work::Outcome::kApplied) {
    return absl::InternalError(absl::StrCat("unit ", before.id.value, " cannot be granted"));
  }
  MOYO_ASSIGN_OR_RETURN(std::vector<Source> sources,
                        catalogue_.SourcesInRange(before.first_source.value, before.sources));
  MOYO_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(*database_));
  // Tokens are taken from the database many at once; a restart skips what is left of them.
  const bool takes_more = token.value >= tokens_end_;
  if (takes_more) {
    MOYO_RETURN_IF_ERROR(WriteMeta("next_token", absl::StrCat(token.value + kTokensAtOnce)));
  }
  MOYO_RETURN_IF_ERROR(unit_table_.Update(decision.next, before.token));
  MOYO_RETURN_IF_ERROR(transaction.Commit());
  if (takes_more) tokens_end_ = token.value + kTokensAtOnce;
  next_token_ = token.value + 1;
  ++lease_grants_;
  if (before.failures > 0) ++unit_retries_;
  Put(decision.next);
  return GrantedUnit{decision.next, std::move(sources)};
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
    return ApplyFailure(before, decision.next);
  }());
}

absl::StatusOr<int> Store::Reap() {
  absl::MutexLock lock(&mutex_);
  int reaped = 0;
  const std::map<work::UnitId, absl::Time> leased = leased_;
  for (const auto& [id, since] : leased) {
    const work::Unit before = *Find(id);
    const work::Decision decision = DecideFor(before, work::Tick{});
    if (decision.outcome != work::Outcome::kApplied) continue;
    MOYO_RETURN_IF_ERROR(ApplyFailure(before, decision.next));
    ++lease_expiries_;
    ++reaped;
  }
  return reaped;
}

absl::Status Store::ApplyFailure(const work::Unit& before, const work::Unit& next) {
  std::vector<work::Unit> halves;
  LedgerChange change{counts_, {}};
  MOYO_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(*database_));
  MOYO_RETURN_IF_ERROR(WriteFailed(before, next, halves, change));
  MOYO_RETURN_IF_ERROR(transaction.Commit());
  Put(next);
  for (const work::Unit& half : halves) Put(half);
  next_unit_ += halves.size();
  if (!work::IsOpen(next)) {
    DropUpload(next.id);
    Take(change);
  }
  return absl::OkStatus();
}

absl::Status Store::WriteFailed(const work::Unit& before, const work::Unit& next,
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
  if (unit == nullptr || unit->state != work::UnitState::kLeased || unit->token != token) {
    return Stale(id, token);
  }
  return catalogue_.SourcesInRange(unit->first_source.value, unit->sources);
}

}  // namespace moyo::store
