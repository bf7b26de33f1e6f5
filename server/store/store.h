// The server's whole state in one folder: SQLite and shard files. Applies the decisions of
// server/work, each in one transaction, and keeps in memory what every poll asks for.
//
//   auto store = Store::Open(folder, {.policy = policy}, Clock::System());
//   auto granted = (*store)->LeaseUnsynced("worker-1");
//   if (*granted) (*store)->WhenTellable((*granted)->unit.token, tell);
//
// Thread-safe. Errors: FAILED_PRECONDITION for a stale fencing token, RESOURCE_EXHAUSTED for a full
// disk, INTERNAL when the database fails; others are named at the call. After an error nothing has
// changed, unless it is that of SyncFailure: then what was decided may be on the disk or not.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/base/clock.h"
#include "server/store/catalogue_table.h"
#include "server/store/continuation_check.h"
#include "server/store/database.h"
#include "server/store/group_sync.h"
#include "server/store/ledger_table.h"
#include "server/store/rows.h"
#include "server/store/shard_files.h"
#include "server/store/suspended_uploads.h"
#include "server/store/token_table.h"
#include "server/store/unit_table.h"
#include "server/work/second_lease.h"
#include "server/work/unit.h"

namespace moyo::store {

struct StoreOptions {
  work::Policy policy = {};
  // Unset: as the store has it, drop at first. FAILED_PRECONDITION when it differs from what
  // stands: half of a dataset cannot keep what the other half drops.
  std::optional<Duplicates> duplicates;
};

struct GrantedUnit {
  work::Unit unit;
  std::vector<Source> sources;
};

struct CommitRequest {
  work::UnitId unit;
  work::FencingToken token;
  std::string worker;  // its name
  std::string digest;  // empty: no accepted game, no shard
  std::vector<Game> games;
};

// What a status shows. Cheap to take.
struct StoreStatus {
  LedgerCounts ledger;
  UnitCounts units;
  uint64_t sources = 0;
  uint64_t games_seen = 0;     // true games found by the catalogue
  uint64_t removed_games = 0;  // of sources that are gone
  uint64_t lease_expiries = 0;
  uint64_t commits = 0;
  uint64_t lease_grants = 0;        // this and the next two: since the store was opened
  uint64_t unit_retries = 0;        // grants of a unit that failed or ran out before
  uint64_t digest_conflicts = 0;    // commits refused for another digest
  uint64_t backup_grants = 0;       // second leases on stragglers
  uint64_t backup_commits = 0;      // of these, those that came first
  uint64_t check_grants = 0;        // second leases on finished units
  uint64_t unit_checks = 0;         // of these, those that came to the same digest
  uint64_t unchecked_units = 0;     // finished, chosen for a check, not checked yet
  uint64_t waiting_uploads = 0;     // shards that are here, their commits not
  absl::Duration oldest_lease_age;  // zero: none is out
  std::vector<std::string> alarms;
};

class Store {
 public:
  // Creates `folder` (with shards/) when missing, sweeps orphaned shards, and gives each live
  // lease one grace period.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& folder,
                                                     const StoreOptions& options,
                                                     const Clock& clock);

  // Random, made with the store. Workers name it, so that what belongs to a store that was reset is
  // not taken for this one's: unit ids and tokens begin anew.
  const std::string& run_id() const { return run_id_; }

  // Not OK: the disk did not take what was decided. From then on nothing can be promised any more:
  // every call that waits for the disk fails so. End the server; the next one reads what is there.
  absl::Status SyncFailure();

  // --- catalogue; one caller at a time (server/catalog) ---
  absl::StatusOr<std::optional<File>> FindFile(const std::string& path);
  absl::StatusOr<std::vector<Source>> SourcesOfFile(uint64_t file_id);
  absl::StatusOr<uint64_t> NextFileId();
  absl::Status AddBatch(CatalogueBatch batch);
  // As CatalogueTable has it.
  absl::StatusOr<std::vector<File>> FilesBelow(const std::string& folder, const std::string& after,
                                               uint64_t most);
  // Marks sources, and so their games; they stay in the dataset.
  absl::Status MarkSources(const std::vector<Source>& sources, Presence presence);
  absl::Status MarkFileRemoved(uint64_t file_id);
  // Remembers a scan until it is finished; the same paths and limit keep their scan id.
  absl::StatusOr<Scan> BeginScan(std::vector<std::string> paths, uint64_t limit_games);
  absl::Status FinishScan(uint64_t scan_id);
  absl::StatusOr<std::vector<Scan>> UnfinishedScans();

  // --- leases ---
  // A finished unit to check, else the pending one with the lowest first game, else a straggler to
  // back up (server/DESIGN.md); nullopt: none is there for this worker. The unit's token and worker
  // are the lease's. It may be gone after a power cut: not to be told before WhenTellable.
  absl::StatusOr<std::optional<GrantedUnit>> LeaseUnsynced(const std::string& worker);
  // The same, on the disk when it returns.
  absl::StatusOr<std::optional<GrantedUnit>> LeaseNext(const std::string& worker);
  // False: the lease is lost.
  absl::StatusOr<bool> Progress(work::UnitId unit, work::FencingToken token, uint64_t work_done);
  absl::Status Release(work::UnitId unit, const work::Release& release);
  // Ends the leases that ran out; returns how many. Drops uploads that nobody goes on with.
  absl::StatusOr<int> Reap();
  absl::StatusOr<std::vector<Source>> SourcesOfLease(work::UnitId unit, work::FencingToken token);

  // --- shards ---
  // Renews the lease. Null: this unit's commit under the token stands already, nothing need be
  // sent.
  absl::StatusOr<std::unique_ptr<ShardUpload>> BeginUpload(work::UnitId unit,
                                                           work::FencingToken token,
                                                           uint64_t length_bytes);
  // Goes on with one that broke off. Null: as above. ABORTED: so much of it is not here.
  absl::StatusOr<std::unique_ptr<ShardUpload>> ResumeUpload(const UploadKey& key, uint64_t offset);
  // Keeps one that broke off for a while (suspended_uploads.h).
  void SuspendUpload(const UploadKey& key, std::unique_ptr<ShardUpload> upload);
  uint64_t SuspendedBytes(const UploadKey& key);
  // More bytes of a shard came: renews the lease. FAILED_PRECONDITION: they are for nothing.
  absl::Status RenewUpload(work::UnitId unit, work::FencingToken token);
  absl::Status FinishUpload(work::UnitId unit, work::FencingToken token, const std::string& digest,
                            uint64_t length_bytes, std::unique_ptr<ShardUpload> upload);
  // True: this commit stood already. NOT_FOUND: no such shard was uploaded. DATA_LOSS: another
  // digest stands. INVALID_ARGUMENT: the rows are not the unit's games.
  absl::StatusOr<bool> Commit(CommitRequest request);
  // The same, but may be gone after a power cut until WhenOnDisk says otherwise.
  absl::StatusOr<bool> CommitUnsynced(CommitRequest request);
  // Calls `done` when no other lease can ever get the token, even after a power cut: mostly at
  // once, since tokens are set aside on the disk many at a time. That the lease itself may be
  // forgotten then costs its unit's work, as if the worker had died.
  void WhenTellable(work::FencingToken token, GroupSync::Done done);
  // Calls `done`, on another thread, when all that was decided until now survives a power cut.
  void WhenOnDisk(GroupSync::Done done) { wal_sync_.Then(std::move(done)); }
  // Path and length of a unit's shard in the dataset. NOT_FOUND.
  absl::StatusOr<std::pair<std::string, uint64_t>> FindShard(work::UnitId unit);
  std::shared_ptr<const Manifest> GetManifest();

  // --- queries ---
  StoreStatus GetStatus();
  // Leases held, by worker name.
  std::map<std::string, uint32_t> LeasesByWorker();
  // The units that stand (not split), ascending first game.
  std::vector<work::Unit> UnitsInOrder();
  // Ledger rows of some games of one unit, ascending; pending ones are made up from its sources.
  absl::StatusOr<std::vector<LedgerEntry>> ReadLedger(const work::Unit& unit);
  // Whether a unit has a game in the state: what a listing by state need not read.
  absl::StatusOr<bool> HasGames(const work::Unit& unit, GameState state);
  absl::StatusOr<std::string> GetMeta(const std::string& key);  // empty: not set
  absl::Status SetMeta(const std::string& key, const std::string& value);

  // --- tokens, as TokenTable has them ---
  absl::Status InsertToken(const Token& token);
  absl::StatusOr<std::vector<Token>> LoadTokens();
  absl::Status SetTokenRevoked(const std::string& name, uint64_t when);
  absl::Status SetTokenLastUsed(const std::string& name, uint64_t when);
  absl::Status DeleteToken(const std::string& name);

 private:
  struct Upload {
    std::string digest;
    uint64_t length_bytes = 0;
  };

  Store(std::unique_ptr<Database> database, const std::string& folder, const StoreOptions& options,
        const Clock& clock);
  absl::Status Load() ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status SettleRunId() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status SettleDuplicates() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status LoadCounts() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // What was decided, once it survives a power cut. Call without the lock: others go on meanwhile.
  template <typename Answer>
  Answer OnDisk(Answer answer) ABSL_LOCKS_EXCLUDED(mutex_) {
    if (!answer.ok()) return answer;
    const absl::Status synced = wal_sync_.Wait();
    return synced.ok() ? std::move(answer) : Answer(synced);
  }
  template <typename Change>
  absl::Status ChangeTokens(Change change) ABSL_LOCKS_EXCLUDED(mutex_);
  // Second leases; nullptr: no such unit for this worker.
  const work::Unit* FindUnchecked(const std::string& worker) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  const work::Unit* FindStraggler(const std::string& worker) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::optional<GrantedUnit>> GrantSecond(const work::Unit& before,
                                                         const std::string& worker)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::optional<GrantedUnit>> GrantPending(const std::string& worker)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Lets next_token_ be granted: no later life of the server will grant it again.
  absl::Status SetTokensAside() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The check of a finished unit ended.
  absl::Status WriteCheck(const work::Unit& before, const work::Unit& next)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status MarkAll(const std::vector<Source>& sources, Presence presence,
                       uint64_t& removed_games) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Whether a shard may come, or come on; renews the lease when so.
  absl::StatusOr<work::Decision> DecideUpload(work::UnitId unit, work::FencingToken token)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  const work::Unit* Find(work::UnitId id) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  work::Decision DecideFor(const work::Unit& unit, const work::Event& event) const;
  // In a transaction: writes a unit whose lease or check has ended without a commit, with its
  // halves or its quarantined games, if it comes to that.
  absl::Status WriteLeaving(const work::Unit& before, const work::Unit& next,
                            std::vector<work::Unit>& halves, LedgerChange& change)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status WriteHalves(const work::Unit& unit, std::vector<work::Unit>& halves)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status WriteQuarantined(const work::Unit& unit, LedgerChange& change)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status ApplyLeaving(const work::Unit& before, const work::Unit& next)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Takes the request's games.
  absl::Status WriteCommit(CommitRequest& request, const work::Unit& before, const work::Unit& next,
                           const std::optional<Shard>& shard) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static absl::Status Stale(work::UnitId unit, work::FencingToken token);
  CheckedShard ShardToCheck(work::UnitId id, const std::optional<Shard>& committed)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status CheckBalance(const LedgerCounts& counts) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Memory follows a transaction that stands.
  void Put(const work::Unit& unit) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void NoteLease(const work::Unit& unit, bool is_new) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Take(const LedgerChange& change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Those whose token no longer counts.
  void DropUploads(const work::Unit& unit) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Kept over restarts: the latest hundred, each text once.
  void AddAlarm(const std::string& text) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Until the server ends; the latest hundred. False: it is shown already.
  bool ShowAlarm(const std::string& text) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::string> ReadMeta(const std::string& key)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status WriteMeta(const std::string& key, const std::string& value)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const StoreOptions options_;
  const Clock& clock_;
  ShardFiles files_;
  std::atomic<uint64_t> tokens_on_disk_{0};  // those below are, too, after a power cut
  GroupSync wal_sync_;
  GroupSync folder_sync_;
  std::string run_id_;  // set on opening
  absl::Mutex mutex_;
  std::unique_ptr<Database> database_ ABSL_GUARDED_BY(mutex_);
  CatalogueTable catalogue_ ABSL_GUARDED_BY(mutex_);
  LedgerTable ledger_ ABSL_GUARDED_BY(mutex_);
  UnitTable unit_table_ ABSL_GUARDED_BY(mutex_);

  std::unordered_map<work::UnitId, work::Unit> units_ ABSL_GUARDED_BY(mutex_);
  std::set<std::pair<work::GameId, work::UnitId>> pending_ ABSL_GUARDED_BY(mutex_);
  std::map<work::UnitId, absl::Time> leased_ ABSL_GUARDED_BY(mutex_);  // since when
  std::array<uint64_t, 6> unit_counts_ ABSL_GUARDED_BY(mutex_){};      // by UnitState
  std::map<std::pair<work::UnitId, work::FencingToken>, Upload> uploads_ ABSL_GUARDED_BY(mutex_);
  SuspendedUploads suspended_ ABSL_GUARDED_BY(mutex_);
  std::set<std::pair<absl::Time, work::UnitId>> oldest_leases_ ABSL_GUARDED_BY(mutex_);
  work::UnitTimes unit_times_ ABSL_GUARDED_BY(mutex_);
  std::set<work::UnitId> unchecked_ ABSL_GUARDED_BY(mutex_);      // finished, awaiting a check
  std::set<work::UnitId> checks_out_ ABSL_GUARDED_BY(mutex_);     // being checked
  std::map<work::GameId, Shard> shards_ ABSL_GUARDED_BY(mutex_);  // by their first game
  Duplicates duplicates_ ABSL_GUARDED_BY(mutex_) = Duplicates::kDrop;
  LedgerCounts counts_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_source_ ABSL_GUARDED_BY(mutex_) = 1;
  uint64_t next_game_ ABSL_GUARDED_BY(mutex_) = 1;
  uint64_t next_unit_ ABSL_GUARDED_BY(mutex_) = 1;
  uint64_t next_token_ ABSL_GUARDED_BY(mutex_) = 1;
  uint64_t tokens_end_ ABSL_GUARDED_BY(mutex_) = 0;  // those below are set aside in the database
  uint64_t games_seen_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t removed_games_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t lease_expiries_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t commits_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t lease_grants_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t unit_retries_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t digest_conflicts_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t backup_grants_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t backup_commits_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t check_grants_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t unit_checks_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::string> alarms_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const Manifest> manifest_ ABSL_GUARDED_BY(mutex_);  // null: changed since
};

}  // namespace moyo::store
