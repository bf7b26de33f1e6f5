// Ledger rows as a table, CSV (RFC 4180) or JSON; each row by itself, so that any number streams.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "moyo/v1/admin.pb.h"

namespace moyo::cli {

// Columns of all three: game_id, state, reason, path, member, offset, moves, duplicate_of,
// duplicate_of_path, detail, duplicate_kind (identical, symmetric, continued), source_removed (yes:
// a later scan found it gone). `offset` is in the file or member; `duplicate_of` and the kind are
// empty (JSON: null) for other states. The table joins path and member by "!".
class LedgerFormat {
 public:
  virtual ~LedgerFormat() = default;
  virtual std::string Header() const = 0;
  virtual std::string Row(const v1::LedgerEntry& entry) = 0;
  virtual std::string Footer() const = 0;
};

// INVALID_ARGUMENT: not "table", "csv" or "json".
absl::StatusOr<std::unique_ptr<LedgerFormat>> MakeLedgerFormat(const std::string& name);

// "accepted" -> GAME_STATE_ACCEPTED; INVALID_ARGUMENT names the words.
absl::StatusOr<v1::GameState> GameStateFromName(const std::string& name);
std::string GameStateName(v1::GameState state);
// "identical", "symmetric", "continued"; empty for a game that is no duplicate.
std::string DuplicateKindName(v1::DuplicateKind kind);

}  // namespace moyo::cli
