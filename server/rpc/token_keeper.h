// The tokens of one server: gives them out, judges each call by them, and ends what runs under one
// that was revoked or has expired. Holds no gRPC.
//
//   auto keeper = *TokenKeeper::Load(store, Clock::System());
//   auto secret = *keeper->Add(Role::kWorker, "laptop", absl::InfiniteDuration());
//   keeper->Check("/moyo.v1.WorkService/LeaseUnit", rpc::BearerOf(secret.secret));
//
// Thread-safe. Expiry is judged by `clock` alone.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "server/store/store.h"

namespace moyo::server {

inline constexpr size_t kMaxTokens = 1000;
inline constexpr size_t kMaxTokenNameBytes = 64;

struct NewToken {
  std::string name;
  std::string secret;  // kTokenBytes; the only time that it is known
};

class TokenKeeper {
 public:
  static absl::StatusOr<std::unique_ptr<TokenKeeper>> Load(store::Store& store, const Clock& clock);

  // An empty name: the role and the first free number. INVALID_ARGUMENT: a name with other
  // characters than letters, digits, '.', '-', '_', or too long; a lifetime not above zero.
  // ALREADY_EXISTS: the name. RESOURCE_EXHAUSTED: kMaxTokens stand (revoked ones make room).
  absl::StatusOr<NewToken> Add(store::Role role, const std::string& name, absl::Duration lifetime);
  // From this moment on no call with it begins or goes on. NOT_FOUND. Again: no change.
  absl::Status Revoke(const std::string& name);
  std::vector<store::Token> List();                 // by name, last used as of now
  bool IsExpired(const store::Token& token) const;  // now, by the server's clock
  // A token for this machine's administrator that lives as long as this object and is stored
  // nowhere: the program puts it into a file that only its user can read.
  absl::StatusOr<std::string> MakeLocalAdmin();

  // Whether a call may begin. `bearer` is the value of "authorization"; empty: none was sent.
  // UNAUTHENTICATED: missing, unknown, expired, revoked. PERMISSION_DENIED: the role is not the
  // method's. The message says what to do.
  absl::Status Check(std::string_view method, std::string_view bearer);

  // Lists a running call until it is destroyed. The keeper must outlive it.
  class RunningCall {
   public:
    RunningCall(TokenKeeper* keeper, uint64_t id) : keeper_(keeper), id_(id) {}
    RunningCall(const RunningCall&) = delete;
    RunningCall& operator=(const RunningCall&) = delete;
    ~RunningCall() { keeper_->Leave(id_); }

   private:
    TokenKeeper* keeper_;
    uint64_t id_;
  };
  // As Check, and then `end` is called, once at most, when the token is revoked or expires before
  // the RunningCall is destroyed. It may be called a moment after that, too: what it holds must
  // live as long as it does.
  absl::StatusOr<std::unique_ptr<RunningCall>> Enter(std::string_view method,
                                                     std::string_view bearer,
                                                     std::function<void(const absl::Status&)> end);

  size_t RunningCalls();

  // Ends calls of tokens that have expired; each minute, stores when tokens were last used. Called
  // now and then.
  absl::Status Tick();
  // Stores when tokens were last used.
  absl::Status Flush();

 private:
  using End = std::function<void(const absl::Status&)>;
  struct Entry {
    store::Token token;
    bool is_used = false;  // since it was last stored
  };
  struct Call {
    std::string token_name;
    End end;
  };

  TokenKeeper(store::Store& store, const Clock& clock) : store_(store), clock_(clock) {}
  uint64_t Now() const;  // Unix seconds
  absl::Status CheckLocked(std::string_view method, std::string_view bearer, std::string& name)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  const store::Token* FindByHash(std::string_view hash) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status MakeRoom() ABSL_EXCLUSIVE_LOCKS_REQUIRED(change_mutex_);
  std::string FreeName(store::Role role);
  // Takes the calls of a token off the list; the caller ends them without holding a lock, as gRPC
  // may use the thread for other work of the connection meanwhile.
  std::vector<End> TakeCalls(const std::string& token_name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Leave(uint64_t id);

  store::Store& store_;
  const Clock& clock_;
  // One change at a time. No call waits for the database: mutex_ is held for memory alone.
  absl::Mutex change_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);
  absl::Mutex mutex_;
  std::map<std::string, Entry> tokens_ ABSL_GUARDED_BY(mutex_);  // by name
  store::Token local_admin_ ABSL_GUARDED_BY(mutex_);             // empty hash: none
  std::map<uint64_t, Call> calls_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_call_ ABSL_GUARDED_BY(mutex_) = 1;
  absl::Time flushed_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace moyo::server
