// Shards in, commits, the manifest.
#include "absl/strings/str_cat.h"
#include "common/base/digest.h"
#include "common/base/status_macros.h"
#include "common/shard/manifest.h"
#include "server/store/store.h"

namespace moyo::store {
namespace {

// Fills in the games' sources, and checks that the rows are the unit's games, each once, and the
// accepted ones the shard's rows, each once.
absl::Status CheckRows(const work::Unit& unit, const std::vector<Source>& sources,
                       const std::string& digest, std::vector<Game>& games) {
  if (games.size() != unit.games) {
    return absl::InvalidArgumentError(absl::StrCat("unit ", unit.id.value, " has ", unit.games,
                                                   " games, the commit ", games.size(), " rows"));
  }
  uint64_t accepted = 0;
  for (const Game& game : games) accepted += game.state == GameState::kAccepted;
  std::vector<bool> row_taken(accepted, false);
  size_t source = 0;
  for (size_t i = 0; i < games.size(); ++i) {
    Game& game = games[i];
    if (game.game_id != unit.first_game.value + i) {
      return absl::InvalidArgumentError(
          absl::StrCat("row ", i, " of unit ", unit.id.value, " is game ", game.game_id));
    }
    while (game.game_id >= sources[source].first_game + sources[source].games) ++source;
    game.source_id = sources[source].source_id;
    if (game.state != GameState::kAccepted) continue;
    if (game.game_hash.size() != sizeof(Hash128) || game.shard_row >= accepted ||
        row_taken[game.shard_row]) {
      return absl::InvalidArgumentError(
          absl::StrCat("game ", game.game_id, " has no proper hash or shard row"));
    }
    row_taken[game.shard_row] = true;
  }
  if (digest.empty() == (accepted == 0) && (digest.empty() || digest.size() == sizeof(Digest))) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("a shard digest goes with accepted games, and has 32 bytes");
}

Shard ShardOf(const CommitRequest& request, uint64_t length_bytes) {
  Shard shard;
  shard.unit_id = request.unit.value;
  shard.token = request.token;
  shard.digest = request.digest;
  shard.length_bytes = length_bytes;
  for (const Game& game : request.games) {
    if (game.state != GameState::kAccepted) continue;
    ++shard.games;
    shard.positions += game.moves;
  }
  return shard;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ShardUpload>> Store::BeginUpload(work::UnitId id,
                                                                work::FencingToken token,
                                                                uint64_t length_bytes) {
  absl::MutexLock lock(&mutex_);
  MOYO_ASSIGN_OR_RETURN(const work::Decision decision, DecideUpload(id, token));
  if (decision.outcome == work::Outcome::kRepeated) return nullptr;
  return files_.Begin(id, token, length_bytes);
}

absl::StatusOr<std::unique_ptr<ShardUpload>> Store::ResumeUpload(const UploadKey& key,
                                                                 uint64_t offset) {
  absl::MutexLock lock(&mutex_);
  MOYO_ASSIGN_OR_RETURN(const work::Decision decision, DecideUpload(key.unit, key.token));
  if (decision.outcome == work::Outcome::kRepeated) return nullptr;
  std::unique_ptr<ShardUpload> upload = suspended_.Take(key);
  if (upload == nullptr || upload->received_bytes() < offset) {
    return absl::AbortedError(absl::StrCat("the first ", offset, " bytes of unit ", key.unit.value,
                                           "'s shard are no longer here; begin anew"));
  }
  MOYO_RETURN_IF_ERROR(upload->Truncate(offset));
  return upload;
}

absl::Status Store::RenewUpload(work::UnitId id, work::FencingToken token) {
  absl::MutexLock lock(&mutex_);
  return DecideUpload(id, token).status();
}

void Store::SuspendUpload(const UploadKey& key, std::unique_ptr<ShardUpload> upload) {
  absl::MutexLock lock(&mutex_);
  const work::Unit* unit = Find(key.unit);
  if (unit == nullptr || !work::MayCommit(*unit, key.token)) return;
  suspended_.Put(key, std::move(upload), clock_.Now());
}

uint64_t Store::SuspendedBytes(const UploadKey& key) {
  absl::MutexLock lock(&mutex_);
  return suspended_.ReceivedBytes(key);
}

absl::Status Store::FinishUpload(work::UnitId id, work::FencingToken token,
                                 const std::string& digest, uint64_t length_bytes,
                                 std::unique_ptr<ShardUpload> upload) {
  MOYO_RETURN_IF_ERROR(upload->Sync());
  {
    absl::MutexLock lock(&mutex_);
    const absl::StatusOr<work::Decision> decision = DecideUpload(id, token);
    if (!decision.ok()) return decision.status();
    if (decision->outcome == work::Outcome::kRepeated) return absl::OkStatus();
    MOYO_RETURN_IF_ERROR(upload->Publish());
  }
  const absl::Status synced = folder_sync_.Wait();
  absl::MutexLock lock(&mutex_);
  // The lease may be gone by now. Of a shard that was sent twice the other one may be here, or have
  // been committed: it has the same file.
  const absl::StatusOr<work::Decision> decision = DecideUpload(id, token);
  const bool is_committed = decision.ok() && decision->outcome == work::Outcome::kRepeated;
  if (!synced.ok() || !decision.ok()) {
    if (!is_committed && !uploads_.contains({id, token})) files_.Remove(id, token);
    return synced.ok() ? decision.status() : synced;
  }
  if (is_committed) return absl::OkStatus();
  uploads_[{id, token}] = {digest, length_bytes};
  DropUploads(decision->next);
  return absl::OkStatus();
}

absl::StatusOr<work::Decision> Store::DecideUpload(work::UnitId id, work::FencingToken token) {
  const work::Unit* unit = Find(id);
  if (unit == nullptr) return Stale(id, token);
  const work::Decision decision = DecideFor(*unit, work::Uploaded{token});
  if (decision.outcome == work::Outcome::kStale) return Stale(id, token);
  // Not stored, as for Progress.
  if (decision.outcome == work::Outcome::kApplied) Put(decision.next);
  return decision;
}

// A repeated commit waits, too: the first one may not be on the disk yet.
absl::StatusOr<bool> Store::Commit(CommitRequest request) {
  return OnDisk(CommitUnsynced(std::move(request)));
}

absl::StatusOr<bool> Store::CommitUnsynced(CommitRequest request) {
  absl::MutexLock lock(&mutex_);
  const work::Unit* unit = Find(request.unit);
  if (unit == nullptr) return Stale(request.unit, request.token);
  const work::Unit before = *unit;
  const work::Decision decision = DecideFor(before, work::Commit{request.token, request.digest});
  switch (decision.outcome) {
    case work::Outcome::kRepeated:
      return true;
    case work::Outcome::kChecked:
      MOYO_RETURN_IF_ERROR(WriteCheck(before, decision.next));
      ++unit_checks_;
      return true;
    case work::Outcome::kConflict: {
      const std::string text = absl::StrCat(
          "unit ", before.id.value, ": worker '", request.worker, "' made digest ",
          Hex(request.digest).substr(0, 16), ", but worker '", before.worker, "' made ",
          Hex(before.digest).substr(0, 16), ", which stands; one of the two machines is at fault");
      AddAlarm(text);
      ++digest_conflicts_;
      if (before.check != decision.next.check) {
        MOYO_RETURN_IF_ERROR(WriteCheck(before, decision.next));
      }
      return absl::DataLossError(text);
    }
    case work::Outcome::kApplied:
      break;
    default:
      return Stale(request.unit, request.token);
  }
  MOYO_ASSIGN_OR_RETURN(const std::vector<Source> sources,
                        catalogue_.SourcesInRange(before.first_source.value, before.sources));
  MOYO_RETURN_IF_ERROR(CheckRows(before, sources, request.digest, request.games));
  std::optional<Shard> shard;
  if (!request.digest.empty()) {
    const auto upload = uploads_.find({request.unit, request.token});
    if (upload == uploads_.end() || upload->second.digest != request.digest) {
      return absl::NotFoundError(
          absl::StrCat("the shard of unit ", before.id.value, " is not here; upload and repeat"));
    }
    shard = ShardOf(request, upload->second.length_bytes);
  }
  MOYO_RETURN_IF_ERROR(WriteCommit(request, before, decision.next, shard));
  return false;
}

absl::Status Store::WriteCheck(const work::Unit& before, const work::Unit& next) {
  MOYO_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(*database_));
  MOYO_RETURN_IF_ERROR(unit_table_.Update(next, before.token));
  MOYO_RETURN_IF_ERROR(transaction.Commit());
  Put(next);
  return absl::OkStatus();
}

// The shard of a unit: the one being committed, else the dataset's.
CheckedShard Store::ShardToCheck(work::UnitId id, const std::optional<Shard>& committed) {
  const auto checked = [this](const Shard& shard) {
    return CheckedShard{files_.PathOf({shard.unit_id}, shard.token), shard.games, shard.positions};
  };
  if (committed && committed->unit_id == id.value) return checked(*committed);
  const work::Unit* unit = Find(id);
  const auto shard = unit == nullptr ? shards_.end() : shards_.find(unit->first_game);
  return shard == shards_.end() ? CheckedShard() : checked(shard->second);
}

absl::Status Store::WriteCommit(CommitRequest& request, const work::Unit& before,
                                const work::Unit& next, const std::optional<Shard>& shard) {
  LedgerChange change{counts_, {}};
  MOYO_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(*database_));
  MOYO_RETURN_IF_ERROR(unit_table_.Update(next, before.token));
  if (shard) MOYO_RETURN_IF_ERROR(unit_table_.InsertShard(*shard));
  ContinuationCheck check([&](uint64_t id) { return ShardToCheck({id}, shard); });
  if (duplicates_ == Duplicates::kKeep) {
    MOYO_RETURN_IF_ERROR(ledger_.InsertAll(next.id.value, request.games, change));
  } else {
    MOYO_RETURN_IF_ERROR(ledger_.Insert(
        next.id.value, std::move(request.games),
        [&](const ShardRow& a, const ShardRow& b) { return check.IsContinued(a, b); }, change));
  }
  change.counts.pending -= before.games;
  MOYO_RETURN_IF_ERROR(CheckBalance(change.counts));
  MOYO_RETURN_IF_ERROR(transaction.Commit());
  ledger_.Committed();
  if (request.token == before.second.token) {
    ++backup_commits_;
  } else if (const auto lease = leased_.find(next.id); lease != leased_.end()) {
    unit_times_.Add(clock_.Now() - lease->second);
  }
  Put(next);
  if (shard) {
    shards_[next.first_game] = *shard;
    uploads_.erase({next.id, request.token});
  }
  DropUploads(next);
  Take(change);
  for (const std::string& error : check.errors()) AddAlarm(error);
  ++commits_;
  return absl::OkStatus();
}

absl::StatusOr<std::pair<std::string, uint64_t>> Store::FindShard(work::UnitId id) {
  absl::MutexLock lock(&mutex_);
  const work::Unit* unit = Find(id);
  if (unit != nullptr && unit->state == work::UnitState::kDone) {
    const auto shard = shards_.find(unit->first_game);
    if (shard != shards_.end()) {
      return std::make_pair(files_.PathOf(id, shard->second.token), shard->second.length_bytes);
    }
  }
  return absl::NotFoundError(absl::StrCat("no shard of unit ", id.value, " in the dataset"));
}

std::shared_ptr<const Manifest> Store::GetManifest() {
  absl::MutexLock lock(&mutex_);
  if (manifest_ == nullptr) {
    auto manifest = std::make_shared<Manifest>();
    shard::DatasetDigest digest;
    for (const auto& [first_game, shard] : shards_) {
      manifest->shards.push_back(shard);
      manifest->bytes += shard.length_bytes;
      digest.Add(shard.digest, shard.left_out_rows);
    }
    manifest->digest = ToBytes(digest.Finish());
    manifest_ = std::move(manifest);
  }
  return manifest_;
}

}  // namespace moyo::store
