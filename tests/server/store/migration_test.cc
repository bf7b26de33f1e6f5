// Databases of every earlier schema, as its program left them (tests/data/schemas), open, hold what
// they held, and go on. What cannot be opened is refused with what to do.
#include <sqlite3.h>

#include <filesystem>

#include "common/base/files.h"
#include "server/store/schema.h"
#include "tests/server/store/store_fixture.h"

namespace moyo::store {
namespace {

// SHA-256 as proto/moyo/v1/shard.proto says, from the two shards' digests and the left-out row.
constexpr char kDatasetDigest[] =
    "b9c6eb5a0823e75a4da2c4c87460d8d30b4dc2efafe21b9ee5c394bb9af78e04";

class MigrationTest : public StoreFixture {
 protected:
  MigrationTest() { store_ = nullptr; }

  // A run directory's server folder with the database of a schema, and its two shards.
  void Restore(int schema) {
    path_ = folder_.path() + "/schema-" + std::to_string(schema);
    ASSERT_TRUE(MakeFolder(path_ + "/shards").ok());
    const auto sql =
        ReadFile(MOYO_SOURCE_DIR "/tests/data/schemas/schema-" + std::to_string(schema) + ".sql");
    ASSERT_TRUE(sql.ok()) << sql.status() << ": each schema that was released needs its file";
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((path_ + "/moyo.db").c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql->c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
    for (const char* name : {"unit-00000001-t11.npz", "unit-00000007-t19.npz"}) {
      ASSERT_TRUE(WriteFileAtomically(path_ + "/shards/" + name, "a shard").ok());
    }
  }

  absl::Status OpenStatus() { return Store::Open(path_, options_, clock_).status(); }

  void ExpectRefused(const std::vector<std::string>& words) {
    const absl::Status status = OpenStatus();
    EXPECT_FALSE(status.ok());
    for (const std::string& word : words) {
      EXPECT_NE(status.message().find(word), absl::string_view::npos) << status;
    }
  }

  void ExpectAsItWas() {
    const LedgerCounts counts = Counts();
    EXPECT_EQ(counts.found, 10u);
    EXPECT_EQ(counts.accepted, 2u);
    EXPECT_EQ(counts.duplicate, 2u);
    EXPECT_EQ(counts.filtered, 1u);
    EXPECT_EQ(counts.rejected, 1u);
    EXPECT_EQ(counts.quarantined, 1u);
    EXPECT_EQ(counts.pending, 3u);
    EXPECT_EQ(counts.positions, 320u);
    const StoreStatus status = store_->GetStatus();
    EXPECT_EQ(status.units.done, 3u);
    EXPECT_EQ(status.units.leased, 1u);
    EXPECT_EQ(status.units.pending, 1u);
    EXPECT_EQ(status.alarms.size(), 1u);
    EXPECT_EQ(store_->run_id(), "0123456789abcdef0123456789abcdef");
    EXPECT_EQ(Hex(store_->GetManifest()->digest), kDatasetDigest);
    EXPECT_TRUE(std::filesystem::exists(store_->FindShard({7})->first));
  }

  // The two open units end: of their three games one is a copy of an old one.
  void ExpectToGoOn() {
    const GrantedUnit pending = Lease();
    EXPECT_EQ(pending.unit.id.value, 6u);
    EXPECT_GE(pending.unit.token.value, 1011u);
    CommitRequest copy = Accepting(pending.unit, {"a"});
    copy.games[0].moves = 200;
    copy.games[0].marks = {1001, 1002, 1003, 1004, 1005, 1006};
    ASSERT_TRUE(Upload(pending.unit, copy.digest).ok());
    ASSERT_TRUE(store_->Commit(copy).ok());
    work::Unit leased;
    leased.id.value = 4;
    leased.token.value = 16;
    leased.first_game.value = 8;
    EXPECT_TRUE(*store_->Progress(leased.id, leased.token, 1));
    ASSERT_TRUE(UploadAndCommit(leased, {"new", "newer"}).ok());
    EXPECT_EQ(Counts().accepted, 4u);
    EXPECT_EQ(Counts().duplicate, 3u);
    EXPECT_EQ(Counts().pending, 0u);
    size_t rows = 0;
    for (const work::Unit& unit : store_->UnitsInOrder()) rows += store_->ReadLedger(unit)->size();
    EXPECT_EQ(rows, 10u);
  }
};

TEST_F(MigrationTest, DatabaseOfEveryEarlierSchemaOpensAndGoesOn) {
  for (int schema = 1; schema < kSchemaVersion; ++schema) {
    SCOPED_TRACE(schema);
    Restore(schema);
    Reopen();
    ASSERT_NE(store_, nullptr);
    ExpectAsItWas();
    Reopen();
    ExpectAsItWas();
    ExpectToGoOn();
    const std::string digest = store_->GetManifest()->digest;
    Reopen();
    EXPECT_EQ(store_->GetManifest()->digest, digest);
    store_ = nullptr;
    const auto database = *Database::Open(path_ + "/moyo.db");
    EXPECT_EQ(*database->QueryInteger("PRAGMA user_version"), uint64_t{kSchemaVersion});
  }
}

TEST_F(MigrationTest, SchemaOfANewerProgramIsRefusedWithWhatToDo) {
  Restore(1);
  const std::string newer = std::to_string(kSchemaVersion + 1);
  {
    const auto database = *Database::Open(path_ + "/moyo.db");
    ASSERT_TRUE(database->Execute("PRAGMA user_version = " + newer).ok());
  }
  ExpectRefused({"schema " + newer, "use the newer program"});
  EXPECT_TRUE(std::filesystem::exists(path_ + "/shards/unit-00000001-t11.npz"));
}

TEST_F(MigrationTest, CutDatabaseIsRefusedWithWhatToDo) {
  Restore(2);
  std::filesystem::resize_file(path_ + "/moyo.db", 3 * 4096 + 100);
  ExpectRefused({"is damaged", "backup"});
}

TEST_F(MigrationTest, FileThatIsNoDatabaseIsRefusedWithWhatToDo) {
  Restore(2);
  ASSERT_TRUE(WriteFileAtomically(path_ + "/moyo.db", std::string(9000, 'x')).ok());
  ExpectRefused({"is damaged", "backup"});
}

// As an empty store it would sweep the shards away.
TEST_F(MigrationTest, ShardsWithoutTheirDatabaseAreNotSwept) {
  for (const bool is_there : {false, true}) {
    Restore(2);
    std::filesystem::remove(path_ + "/moyo.db");
    ASSERT_TRUE(!is_there || WriteFileAtomically(path_ + "/moyo.db", "").ok());
    ExpectRefused({"holds shards", "backup"});
    EXPECT_TRUE(std::filesystem::exists(path_ + "/shards/unit-00000001-t11.npz"));
  }
}

}  // namespace
}  // namespace moyo::store
