#include "server/rpc/token_keeper.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/digest.h"
#include "common/base/status_macros.h"
#include "common/rpc/join_code.h"
#include "server/rpc/method_roles.h"

namespace moyo::server {
namespace {

using store::Role;
using store::Token;

constexpr absl::Duration kFlushEvery = absl::Minutes(1);
constexpr char kLocalName[] = "(this machine)";  // no name that Add takes

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

std::string HowToGetOne(std::string_view role) {
  return absl::StrCat("'moyo token add --role ", View(role),
                      "' on the server's machine makes a new join code");
}

absl::Status Expired(const Token& token) {
  return absl::UnauthenticatedError(
      absl::StrCat("token '", token.name, "' expired on ",
                   absl::FormatTime("%Y-%m-%d %H:%M UTC", absl::FromUnixSeconds(token.expires),
                                    absl::UTCTimeZone()),
                   "; ", HowToGetOne(NameOf(token.role))));
}

absl::Status Revoked(const Token& token) {
  return absl::UnauthenticatedError(
      absl::StrCat("token '", token.name, "' was revoked; ", HowToGetOne(NameOf(token.role))));
}

bool HasExpired(const Token& token, uint64_t now) {
  return token.expires != 0 && token.expires <= now;
}

absl::Status CheckName(const std::string& name) {
  const bool is_plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '-' || c == '_';
  });
  if (is_plain && !name.empty() && name.size() <= kMaxTokenNameBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("a token's name is 1 to ", kMaxTokenNameBytes,
                                                 " letters, digits, dots, dashes or underscores"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenKeeper>> TokenKeeper::Load(store::Store& store,
                                                               const Clock& clock) {
  std::unique_ptr<TokenKeeper> keeper(new TokenKeeper(store, clock));
  MOYO_ASSIGN_OR_RETURN(const std::vector<Token> tokens, store.LoadTokens());
  absl::MutexLock lock(&keeper->mutex_);
  for (const Token& token : tokens) keeper->tokens_[token.name].token = token;
  return keeper;
}

uint64_t TokenKeeper::Now() const {
  return std::max<int64_t>(1, absl::ToUnixSeconds(clock_.Now()));
}

std::string TokenKeeper::FreeName(Role role) {
  absl::MutexLock lock(&mutex_);
  for (size_t number = 1;; ++number) {
    std::string name = absl::StrCat(View(NameOf(role)), "-", number);
    if (!tokens_.contains(name)) return name;
  }
}

// If the table is full, forgets the token that was revoked first.
absl::Status TokenKeeper::MakeRoom() {
  std::string oldest;
  {
    absl::MutexLock lock(&mutex_);
    if (tokens_.size() < kMaxTokens) return absl::OkStatus();
    uint64_t revoked = UINT64_MAX;
    for (const auto& [name, entry] : tokens_) {
      if (entry.token.revoked == 0 || entry.token.revoked >= revoked) continue;
      revoked = entry.token.revoked;
      oldest = name;
    }
  }
  if (oldest.empty()) {
    return absl::ResourceExhaustedError(absl::StrCat(
        kMaxTokens,
        " tokens stand; revoke some first ('moyo token revoke NAME --run-dir RUN_DIR')"));
  }
  MOYO_RETURN_IF_ERROR(store_.DeleteToken(oldest));
  absl::MutexLock lock(&mutex_);
  tokens_.erase(oldest);
  return absl::OkStatus();
}

absl::StatusOr<NewToken> TokenKeeper::Add(Role role, const std::string& name,
                                          absl::Duration lifetime) {
  if (lifetime < absl::Seconds(1)) {
    return absl::InvalidArgumentError("a token must live for a second at least");
  }
  absl::MutexLock change(&change_mutex_);
  NewToken added;
  added.name = name.empty() ? FreeName(role) : name;
  MOYO_RETURN_IF_ERROR(CheckName(added.name));
  MOYO_RETURN_IF_ERROR(MakeRoom());
  MOYO_ASSIGN_OR_RETURN(added.secret, rpc::NewToken());
  Token token;
  token.name = added.name;
  token.role = role;
  token.hash = ToBytes(Sha256Of(added.secret));
  token.created = Now();
  if (lifetime != absl::InfiniteDuration()) {
    token.expires = token.created + absl::ToInt64Seconds(lifetime);
  }
  MOYO_RETURN_IF_ERROR(store_.InsertToken(token));
  absl::MutexLock lock(&mutex_);
  tokens_[token.name].token = token;
  return added;
}

absl::Status TokenKeeper::Revoke(const std::string& name) {
  absl::MutexLock change(&change_mutex_);
  const uint64_t now = Now();
  {
    absl::MutexLock lock(&mutex_);
    const auto found = tokens_.find(name);
    if (found == tokens_.end()) {
      return absl::NotFoundError("there is no token of that name; 'moyo token list' shows them");
    }
    if (found->second.token.revoked != 0) return absl::OkStatus();
  }
  MOYO_RETURN_IF_ERROR(store_.SetTokenRevoked(name, now));
  std::vector<End> ends;
  absl::Status why;
  {
    absl::MutexLock lock(&mutex_);
    Token& token = tokens_[name].token;
    token.revoked = now;
    why = Revoked(token);
    ends = TakeCalls(name);
  }
  for (const End& end : ends) end(why);
  return absl::OkStatus();
}

std::vector<Token> TokenKeeper::List() {
  absl::MutexLock lock(&mutex_);
  std::vector<Token> tokens;
  for (const auto& [name, entry] : tokens_) tokens.push_back(entry.token);
  return tokens;
}

bool TokenKeeper::IsExpired(const Token& token) const { return HasExpired(token, Now()); }

absl::StatusOr<std::string> TokenKeeper::MakeLocalAdmin() {
  MOYO_ASSIGN_OR_RETURN(const std::string secret, rpc::NewToken());
  absl::MutexLock lock(&mutex_);
  local_admin_.name = kLocalName;
  local_admin_.role = Role::kAdmin;
  local_admin_.hash = ToBytes(Sha256Of(secret));
  return secret;
}

// Looks at every token, so that the time tells nothing about which hash came near.
const Token* TokenKeeper::FindByHash(std::string_view hash) {
  const Token* found = nullptr;
  for (const auto& [name, entry] : tokens_) {
    if (rpc::EqualInConstantTime(entry.token.hash, hash)) found = &entry.token;
  }
  if (rpc::EqualInConstantTime(local_admin_.hash, hash)) found = &local_admin_;
  return found;
}

absl::Status TokenKeeper::CheckLocked(std::string_view method, std::string_view bearer,
                                      std::string& name) {
  const MethodRule rule = RuleOf(method);
  if (rule.access == Access::kAnyone) return absl::OkStatus();
  if (bearer.empty()) {
    return absl::UnauthenticatedError(
        absl::StrCat("this server asks for a token and none was sent; ",
                     HowToGetOne(NameOf(rule.role)), ", to be used with --join"));
  }
  const std::string secret = rpc::TokenOfBearer(bearer);
  const Token* token = secret.empty() ? nullptr : FindByHash(ToBytes(Sha256Of(secret)));
  if (token == nullptr) {
    return absl::UnauthenticatedError(
        absl::StrCat("this server does not know the token; ", HowToGetOne(NameOf(rule.role))));
  }
  const uint64_t now = Now();
  if (token->revoked != 0) return Revoked(*token);
  if (HasExpired(*token, now)) return Expired(*token);
  if (!IsAllowed(rule, token->role)) {
    return absl::PermissionDeniedError(
        absl::StrCat("token '", token->name, "' has the role ", View(NameOf(token->role)), ", but ",
                     View(method.substr(method.rfind('/') + 1)), " needs ", View(NameOf(rule.role)),
                     "; ", HowToGetOne(NameOf(rule.role))));
  }
  name = token->name;
  const auto entry = tokens_.find(name);
  if (entry == tokens_.end()) return absl::OkStatus();  // the local one
  entry->second.is_used = entry->second.is_used || entry->second.token.last_used != now;
  entry->second.token.last_used = now;
  return absl::OkStatus();
}

absl::Status TokenKeeper::Check(std::string_view method, std::string_view bearer) {
  absl::MutexLock lock(&mutex_);
  std::string name;
  return CheckLocked(method, bearer, name);
}

absl::StatusOr<std::unique_ptr<TokenKeeper::RunningCall>> TokenKeeper::Enter(
    std::string_view method, std::string_view bearer,
    std::function<void(const absl::Status&)> end) {
  absl::MutexLock lock(&mutex_);
  std::string name;
  MOYO_RETURN_IF_ERROR(CheckLocked(method, bearer, name));
  const uint64_t id = next_call_++;
  calls_[id] = Call{std::move(name), std::move(end)};
  return std::make_unique<RunningCall>(this, id);
}

std::vector<TokenKeeper::End> TokenKeeper::TakeCalls(const std::string& token_name) {
  std::vector<End> ends;
  for (auto& [id, call] : calls_) {
    if (call.token_name != token_name || !call.end) continue;
    ends.push_back(std::move(call.end));
    call.end = nullptr;
  }
  return ends;
}

void TokenKeeper::Leave(uint64_t id) {
  End end;  // destroyed after the lock is released: it may be the last to hold the call
  absl::MutexLock lock(&mutex_);
  const auto call = calls_.find(id);
  if (call == calls_.end()) return;
  end = std::move(call->second.end);
  calls_.erase(call);
}

size_t TokenKeeper::RunningCalls() {
  absl::MutexLock lock(&mutex_);
  return calls_.size();
}

absl::Status TokenKeeper::Tick() {
  std::vector<std::pair<End, absl::Status>> ends;
  bool is_due = false;
  {
    absl::MutexLock lock(&mutex_);
    const uint64_t now = Now();
    for (const auto& [name, entry] : tokens_) {
      if (!HasExpired(entry.token, now)) continue;
      for (End& end : TakeCalls(name)) ends.emplace_back(std::move(end), Expired(entry.token));
    }
    is_due = clock_.Now() - flushed_ >= kFlushEvery;
  }
  for (const auto& [end, why] : ends) end(why);
  return is_due ? Flush() : absl::OkStatus();
}

absl::Status TokenKeeper::Flush() {
  absl::MutexLock change(&change_mutex_);
  std::vector<Token> used;
  {
    absl::MutexLock lock(&mutex_);
    flushed_ = clock_.Now();
    for (auto& [name, entry] : tokens_) {
      if (entry.is_used) used.push_back(entry.token);
      entry.is_used = false;
    }
  }
  absl::Status status;
  for (const Token& token : used) {
    status.Update(store_.SetTokenLastUsed(token.name, token.last_used));
  }
  return status;
}

}  // namespace moyo::server
