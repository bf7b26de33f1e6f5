// The tables, as numbered migrations. SCHEMA.md explains them.
#pragma once

#include "absl/status/status.h"
#include "server/store/database.h"

namespace moyo::store {

inline constexpr int kSchemaVersion = 5;

// Brings the database to kSchemaVersion. FAILED_PRECONDITION: it was written by a newer program.
absl::Status Migrate(Database& database);

}  // namespace moyo::store
