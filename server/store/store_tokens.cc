// Tokens: only passed on, under the store's lock. server/rpc/token_keeper.h decides.
#include "server/store/store.h"

namespace moyo::store {

absl::Status Store::InsertToken(const Token& token) {
  absl::MutexLock lock(&mutex_);
  return TokenTable(*database_).Insert(token);
}

absl::StatusOr<std::vector<Token>> Store::LoadTokens() {
  absl::MutexLock lock(&mutex_);
  return TokenTable(*database_).Load();
}

absl::Status Store::SetTokenRevoked(const std::string& name, uint64_t when) {
  absl::MutexLock lock(&mutex_);
  return TokenTable(*database_).SetRevoked(name, when);
}

absl::Status Store::SetTokenLastUsed(const std::string& name, uint64_t when) {
  absl::MutexLock lock(&mutex_);
  return TokenTable(*database_).SetLastUsed(name, when);
}

absl::Status Store::DeleteToken(const std::string& name) {
  absl::MutexLock lock(&mutex_);
  return TokenTable(*database_).Delete(name);
}

}  // namespace moyo::store
