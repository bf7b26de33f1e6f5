#include "server/store/database.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace moyo::store {
namespace {

constexpr int kBusyTimeoutMs = 10'000;
constexpr char kBegin[] = "BEGIN IMMEDIATE";
constexpr char kCommit[] = "COMMIT";
// NORMAL keeps the database consistent whenever the power fails; that it holds all that was
// answered is GroupSync's part, which syncs the log once for many transactions. Together they are
// FULL.
constexpr char kPragmas[] =
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=NORMAL;"
    "PRAGMA foreign_keys=ON;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA wal_autocheckpoint=8000;"
    "PRAGMA cache_size=-32000;";  // 32 MB

absl::Status ErrorOf(sqlite3* database) {
  const int code = sqlite3_errcode(database);
  const std::string text = absl::StrCat("database: ", sqlite3_errmsg(database));
  if (code == SQLITE_FULL) {
    return absl::ResourceExhaustedError(absl::StrCat(text, "; free some space and run again"));
  }
  if (code == SQLITE_BUSY) return absl::UnavailableError(text);
  // Not DATA_LOSS: to a worker that commits, that means that another digest stands.
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
    return absl::InternalError(
        absl::StrCat(text, "; the database is damaged, stop the server and restore a backup"));
  }
  return absl::InternalError(text);
}

}  // namespace

Statement& Statement::Integer(uint64_t value) {
  sqlite3_bind_int64(statement_, next_++, static_cast<sqlite3_int64>(value));
  return *this;
}

Statement& Statement::Text(std::string_view value) {
  sqlite3_bind_text64(statement_, next_++, value.data() ? value.data() : "", value.size(),
                      SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Statement& Statement::Blob(std::string_view value) {
  sqlite3_bind_blob64(statement_, next_++, value.data() ? value.data() : "", value.size(),
                      SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::Null() {
  sqlite3_bind_null(statement_, next_++);
  return *this;
}

absl::StatusOr<bool> Statement::Step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    Reset();
    return false;
  }
  const absl::Status status = ErrorOf(sqlite3_db_handle(statement_));
  Reset();
  return status;
}

absl::Status Statement::Run() {
  MOYO_ASSIGN_OR_RETURN(const bool has_row, Step());
  if (has_row) Reset();
  return absl::OkStatus();
}

uint64_t Statement::GetInteger(int column) const {
  return static_cast<uint64_t>(sqlite3_column_int64(statement_, column));
}

std::string Statement::GetBytes(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const int size_bytes = sqlite3_column_bytes(statement_, column);
  return bytes ? std::string(static_cast<const char*>(bytes), size_bytes) : std::string();
}

void Statement::Reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  next_ = 1;
}

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<Database> database(new Database(handle));
  if (code != SQLITE_OK) {
    return absl::InternalError(
        absl::StrCat("cannot open database '", path, "': ", sqlite3_errstr(code)));
  }
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  MOYO_RETURN_IF_ERROR(database->Execute(kPragmas));
  return database;
}

Database::~Database() {
  statements_.clear();
  sqlite3_close(database_);
}

absl::Status Database::Execute(const std::string& sql) {
  if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return ErrorOf(database_);
  }
  return absl::OkStatus();
}

absl::StatusOr<Statement*> Database::Prepare(const char* sql) {
  std::unique_ptr<Statement>& kept = statements_[sql];
  if (kept) {
    kept->Reset();
    return kept.get();
  }
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) !=
      SQLITE_OK) {
    statements_.erase(sql);
    return ErrorOf(database_);
  }
  kept = std::make_unique<Statement>(statement);
  return kept.get();
}

absl::StatusOr<uint64_t> Database::QueryInteger(const char* sql) {
  MOYO_ASSIGN_OR_RETURN(Statement * query, Prepare(sql));
  MOYO_ASSIGN_OR_RETURN(const bool has_row, query->Step());
  if (!has_row) return 0;
  const uint64_t value = query->GetInteger(0);
  query->Reset();
  return value;
}

absl::StatusOr<Transaction> Transaction::Begin(Database& database) {
  MOYO_ASSIGN_OR_RETURN(Statement * begin, database.Prepare(kBegin));
  MOYO_RETURN_IF_ERROR(begin->Run());
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_) database_->Execute("ROLLBACK").IgnoreError();
}

absl::Status Transaction::Commit() {
  MOYO_ASSIGN_OR_RETURN(Statement * commit, database_->Prepare(kCommit));
  MOYO_RETURN_IF_ERROR(commit->Run());
  database_ = nullptr;
  return absl::OkStatus();
}

}  // namespace moyo::store
