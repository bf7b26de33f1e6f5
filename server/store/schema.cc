#include "server/store/schema.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace moyo::store {
namespace {

// Entry i brings user_version from i to i + 1. Never change one that was released.
constexpr const char* kMigrations[kSchemaVersion] = {
    R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE roots(
  scan_id INTEGER NOT NULL, position INTEGER NOT NULL, path TEXT NOT NULL,
  limit_games INTEGER NOT NULL, finished INTEGER NOT NULL,
  PRIMARY KEY(scan_id, position)) WITHOUT ROWID;
CREATE TABLE files(
  file_id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE,
  size_bytes INTEGER NOT NULL, modified_ns INTEGER NOT NULL, complete INTEGER NOT NULL,
  sources INTEGER NOT NULL, games INTEGER NOT NULL);
CREATE TABLE sources(
  source_id INTEGER PRIMARY KEY, file_id INTEGER NOT NULL, member TEXT NOT NULL,
  member_index INTEGER NOT NULL, byte_offset INTEGER NOT NULL, length_bytes INTEGER NOT NULL,
  content_hash BLOB NOT NULL, games INTEGER NOT NULL, first_game INTEGER NOT NULL,
  error TEXT NOT NULL);
CREATE INDEX sources_file ON sources(file_id);
CREATE TABLE units(
  unit_id INTEGER PRIMARY KEY, first_source INTEGER NOT NULL, sources INTEGER NOT NULL,
  first_game INTEGER NOT NULL, games INTEGER NOT NULL, state INTEGER NOT NULL,
  failures INTEGER NOT NULL, token INTEGER NOT NULL, worker TEXT NOT NULL,
  digest BLOB NOT NULL, last_error TEXT NOT NULL);
CREATE TABLE shards(
  unit_id INTEGER PRIMARY KEY, token INTEGER NOT NULL, digest BLOB NOT NULL,
  length_bytes INTEGER NOT NULL, games INTEGER NOT NULL, positions INTEGER NOT NULL);
CREATE TABLE games(
  game_id INTEGER PRIMARY KEY, unit_id INTEGER NOT NULL, source_id INTEGER NOT NULL,
  state INTEGER NOT NULL, reason TEXT NOT NULL, byte_offset INTEGER NOT NULL, detail TEXT NOT NULL,
  moves INTEGER NOT NULL, shard_row INTEGER NOT NULL, game_hash BLOB, duplicate_of INTEGER);
CREATE INDEX games_accepted_hash ON games(game_hash) WHERE state = 1;
CREATE INDEX games_duplicate_of ON games(duplicate_of) WHERE state = 2;
CREATE TABLE alarms(alarm_id INTEGER PRIMARY KEY, text TEXT NOT NULL);
)sql",
    // Kinds of duplicates, and games that others go on from.
    R"sql(
ALTER TABLE games ADD COLUMN symmetry INTEGER NOT NULL DEFAULT 0;
ALTER TABLE games ADD COLUMN duplicate_kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE games ADD COLUMN marks BLOB;
ALTER TABLE games ADD COLUMN opening INTEGER;
CREATE INDEX games_opening ON games(opening) WHERE state = 1;
)sql",
    // Who may call the server off loopback.
    R"sql(
CREATE TABLE tokens(
  name TEXT PRIMARY KEY, role INTEGER NOT NULL, hash BLOB NOT NULL UNIQUE,
  created INTEGER NOT NULL, expires INTEGER NOT NULL, revoked INTEGER NOT NULL,
  last_used INTEGER NOT NULL) WITHOUT ROWID;
)sql",
    // One index, filled in runs of neighbours, for all that a commit looks up.
    R"sql(
CREATE TABLE alike(
  marks BLOB NOT NULL, game_hash BLOB NOT NULL, game_id INTEGER NOT NULL,
  PRIMARY KEY(marks, game_hash, game_id)) WITHOUT ROWID;
INSERT INTO alike SELECT ifnull(marks, x''), game_hash, game_id FROM games
  WHERE state = 1 AND game_hash IS NOT NULL ORDER BY 1, 2, 3;
DROP INDEX games_accepted_hash;
DROP INDEX games_opening;
ALTER TABLE games DROP COLUMN opening;
ALTER TABLE shards ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;
UPDATE shards SET indexed = 1;
)sql",
    // Finished units that another worker made once more; files and sources that are gone; a short
    // way to the games that are not in the dataset.
    R"sql(
CREATE INDEX games_not_accepted ON games(state) WHERE state > 1;
ALTER TABLE units ADD COLUMN checked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE files ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
INSERT INTO meta SELECT 'unmarked_games', x'31'
  WHERE EXISTS(SELECT 1 FROM games WHERE state = 1 AND marks IS NULL AND moves >= 32);
)sql",
};

}  // namespace

absl::Status Migrate(Database& database) {
  MOYO_ASSIGN_OR_RETURN(const uint64_t version, database.QueryInteger("PRAGMA user_version"));
  if (version > kSchemaVersion) {
    return absl::FailedPreconditionError(absl::StrCat("the database has schema ", version,
                                                      ", this program knows ", kSchemaVersion,
                                                      "; use the newer program"));
  }
  for (uint64_t next = version; next < kSchemaVersion; ++next) {
    MOYO_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(database));
    MOYO_RETURN_IF_ERROR(database.Execute(kMigrations[next]));
    MOYO_RETURN_IF_ERROR(database.Execute(absl::StrCat("PRAGMA user_version = ", next + 1)));
    MOYO_RETURN_IF_ERROR(transaction.Commit());
  }
  return absl::OkStatus();
}

}  // namespace moyo::store
