#include "server/store/database.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace moyo::store {
namespace {

TEST(DatabaseTest, TransactionRollsBackUnlessCommitted) {
  const auto database = *Database::Open(":memory:");
  ASSERT_TRUE(database->Execute("CREATE TABLE t(x INTEGER)").ok());
  {
    auto transaction = Transaction::Begin(*database);
    ASSERT_TRUE(transaction.ok());
    ASSERT_TRUE(database->Execute("INSERT INTO t VALUES (1)").ok());
  }
  EXPECT_EQ(*database->QueryInteger("SELECT count(*) FROM t"), 0u);
}

TEST(DatabaseTest, ConstraintErrorLeavesTheStatementUsable) {
  const auto database = *Database::Open(":memory:");
  ASSERT_TRUE(database->Execute("CREATE TABLE t(x INTEGER PRIMARY KEY)").ok());
  constexpr char kInsert[] = "INSERT INTO t VALUES (?)";
  EXPECT_TRUE((*database->Prepare(kInsert))->Integer(1).Run().ok());
  EXPECT_FALSE((*database->Prepare(kInsert))->Integer(1).Run().ok());
  EXPECT_TRUE((*database->Prepare(kInsert))->Integer(2).Run().ok());
}

TEST(DatabaseTest, FileIsInWalModeAndSyncedAtCheckpoints) {
  const test::TempFolder folder;
  const auto database = *Database::Open(folder.path() + "/x.db");
  EXPECT_EQ(*database->QueryInteger("PRAGMA synchronous"), 1u);
  EXPECT_EQ(*database->QueryInteger("SELECT count(*) FROM pragma_journal_mode"
                                    " WHERE journal_mode = 'wal'"),
            1u);
}

}  // namespace
}  // namespace moyo::store
