// SQLite as objects that clean up after themselves. Not thread-safe: the owner holds a mutex.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace moyo::store {

// A prepared statement. Bind in the order of the question marks, then Step or Run.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& Integer(uint64_t value);
  Statement& Text(std::string_view value);  // any bytes; copied
  Statement& Blob(std::string_view value);  // copied
  Statement& Null();

  // True: a row is there to read. False: the end; the statement is reset.
  absl::StatusOr<bool> Step();
  // For statements that give no rows.
  absl::Status Run();

  uint64_t GetInteger(int column) const;
  std::string GetBytes(int column) const;  // text or blob
  void Reset();

 private:
  sqlite3_stmt* statement_;
  int next_ = 1;
};

class Database {
 public:
  // Creates the file when missing; WAL, synchronous=NORMAL: a commit survives the program's death,
  // and the machine's after a sync of the log (GroupSync). ":memory:" for tests.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs one or more statements that take nothing and give nothing.
  absl::Status Execute(const std::string& sql);
  // A statement kept ready for the next use, reset. `sql` must be a string that lives for ever.
  absl::StatusOr<Statement*> Prepare(const char* sql);
  // The one number of the first row of `sql`; 0 without a row.
  absl::StatusOr<uint64_t> QueryInteger(const char* sql);
  int changes() const { return sqlite3_changes(database_); }

 private:
  explicit Database(sqlite3* database) : database_(database) {}
  sqlite3* database_;
  std::unordered_map<const char*, std::unique_ptr<Statement>> statements_;
};

// BEGIN IMMEDIATE ... COMMIT; rolls back unless committed.
class Transaction {
 public:
  static absl::StatusOr<Transaction> Begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(other.database_) {
    other.database_ = nullptr;
  }
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  absl::Status Commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace moyo::store
