// Tokens: only passed on, under the store's lock, and on the disk before the answer.
// server/rpc/token_keeper.h decides.
#include "server/store/store.h"

namespace moyo::store {

template <typename Change>
absl::Status Store::ChangeTokens(Change change) {
  absl::Status changed;
  {
    absl::MutexLock lock(&mutex_);
    TokenTable table(*database_);
    changed = change(table);
  }
  return OnDisk(changed);
}

absl::Status Store::InsertToken(const Token& token) {
  return ChangeTokens([&](TokenTable& table) { return table.Insert(token); });
}

absl::StatusOr<std::vector<Token>> Store::LoadTokens() {
  absl::MutexLock lock(&mutex_);
  return TokenTable(*database_).Load();
}

absl::Status Store::SetTokenRevoked(const std::string& name, uint64_t when) {
  return ChangeTokens([&](TokenTable& table) { return table.SetRevoked(name, when); });
}

absl::Status Store::SetTokenLastUsed(const std::string& name, uint64_t when) {
  return ChangeTokens([&](TokenTable& table) { return table.SetLastUsed(name, when); });
}

absl::Status Store::DeleteToken(const std::string& name) {
  return ChangeTokens([&](TokenTable& table) { return table.Delete(name); });
}

}  // namespace moyo::store
