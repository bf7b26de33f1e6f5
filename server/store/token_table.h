// The tokens table: who may call the server. Secrets are stored as SHA-256 only, which is right for
// 256 random bits (a password would need a slow hash). Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/store/database.h"

namespace moyo::store {

// Stored: do not renumber. The same numbers as moyo.v1.TokenRole.
enum class Role : uint8_t { kWorker = 1, kTrainer = 2, kAdmin = 3 };

// Times are Unix seconds by the server's clock; 0: never.
struct Token {
  std::string name;
  Role role = Role::kWorker;
  std::string hash;  // SHA-256 of the secret, 32 bytes
  uint64_t created = 0;
  uint64_t expires = 0;
  uint64_t revoked = 0;
  uint64_t last_used = 0;
};

class TokenTable {
 public:
  explicit TokenTable(Database& database) : database_(database) {}

  // ALREADY_EXISTS: the name, also of a token that was revoked.
  absl::Status Insert(const Token& token);
  absl::StatusOr<std::vector<Token>> Load();  // by name
  absl::Status SetRevoked(const std::string& name, uint64_t when);
  absl::Status SetLastUsed(const std::string& name, uint64_t when);
  absl::Status Delete(const std::string& name);

 private:
  Database& database_;
};

}  // namespace moyo::store
