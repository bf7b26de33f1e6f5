// A work unit and how it moves between its states. Pure: no clock, no disk, no network.
//
//   work::Decision d = work::Decide(unit, work::Grant{token, "worker-1"}, now, policy);
//   if (d.outcome == work::Outcome::kApplied) store d.next;
//
// server/DESIGN.md has the table that Decide implements.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "absl/time/time.h"
#include "server/work/ids.h"

namespace moyo::work {

// Stored: do not renumber. The same numbers as moyo.v1.UnitState.
enum class UnitState : uint8_t {
  kPending = 1,
  kLeased = 2,
  kDone = 3,
  kQuarantined = 4,
  kSplit = 5,
};

// How the check of a finished unit on another worker came out. Stored: do not renumber.
enum class Check : uint8_t {
  kNone = 0,  // not yet, or not wanted
  kSame = 1,  // the same digest
  kOther = 2,
  kGivenUp = 3,  // the workers that tried it failed
};

// A second worker's lease beside the unit's own: a backup of a LEASED unit, or the check of a DONE
// one. In memory only: a restart ends it, which costs that worker's effort and nothing else.
struct SecondLease {
  FencingToken token;  // 0: there is none
  std::string worker;
  absl::Time expire_time = absl::InfinitePast();
  uint64_t work_done = 0;
};

// A contiguous range of sources, and so of games.
struct Unit {
  UnitId id;
  SourceId first_source;
  uint64_t sources = 0;
  GameId first_game;
  uint64_t games = 0;
  UnitState state = UnitState::kPending;
  uint32_t failures = 0;  // attempts used up
  // The last grant's; stays after an expiry, so that a finished shard that comes late is still
  // taken while nobody else has the unit. 0 when given back.
  FencingToken token;
  std::string worker;  // name of the last holder: no worker backs up or checks its own
  absl::Time expire_time = absl::InfinitePast();
  uint64_t work_done = 0;  // of this lease: games and bytes, whatever rises with work
  std::string digest;      // DONE: of the standing commit; empty when no game was accepted
  std::string last_error;
  SecondLease second;
  Check check = Check::kNone;
  uint32_t check_failures = 0;  // in memory only
};

// Not finished: its games are the ledger's pending ones.
inline bool IsOpen(const Unit& unit) {
  return unit.state == UnitState::kPending || unit.state == UnitState::kLeased;
}

// A lease under this token is out: its worker may fetch the sources.
inline bool IsHeldUnder(const Unit& unit, FencingToken token) {
  if (token.value == 0) return false;
  return unit.second.token == token || (unit.state == UnitState::kLeased && unit.token == token);
}

// A shard under this token may still become the unit's. The last holder may finish late while no
// other has the unit.
inline bool MayCommit(const Unit& unit, FencingToken token) {
  return IsOpen(unit) && token.value != 0 && (unit.token == token || unit.second.token == token);
}

struct Policy {
  uint32_t max_attempts = 3;
  absl::Duration lease_duration = absl::Seconds(60);
  // A lease gets no backup before; infinite: never.
  absl::Duration backup_after = absl::Seconds(2);
  uint32_t recheck_percent = 0;  // of the finished units, on another worker
};

struct Grant {
  FencingToken token;
  std::string worker;
};
// A second lease on a unit whose worker is slow, or a check of one that is finished.
struct GrantSecond {
  FencingToken token;
  std::string worker;
};
struct Progress {
  FencingToken token;
  uint64_t work_done = 0;
};
enum class Leaving : uint8_t { kWilling, kFailed };
struct Release {
  FencingToken token;
  Leaving leaving = Leaving::kWilling;
  std::string error;
};
struct Tick {};     // the reaper looks whether the lease ran out
struct Restart {};  // the server came back: a live lease gets one grace period
// Bytes of the shard arrived, at last all of them, which is progress too.
struct Uploaded {
  FencingToken token;
};
struct Commit {
  FencingToken token;
  std::string digest;
};
using Event = std::variant<Grant, GrantSecond, Progress, Release, Tick, Restart, Uploaded, Commit>;

enum class Outcome : uint8_t {
  kApplied,    // store `next`
  kUnchanged,  // nothing to do
  kStale,      // the token is not the one that counts
  kRepeated,   // this commit stands already
  kChecked,    // another worker came to the digest that stands: store `next`, answer as kRepeated
  kConflict,   // another digest stands: an alarm; store `next`, in which a check is over
};

struct Decision {
  Outcome outcome = Outcome::kUnchanged;
  Unit next;
};

Decision Decide(const Unit& unit, const Event& event, absl::Time now, const Policy& policy);

}  // namespace moyo::work
