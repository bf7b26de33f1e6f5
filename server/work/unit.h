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
  std::string worker;  // name of the last holder, for people
  absl::Time expire_time = absl::InfinitePast();
  uint64_t work_done = 0;  // of this lease: games and bytes, whatever rises with work
  std::string digest;      // DONE: of the standing commit; empty when no game was accepted
  std::string last_error;
};

// Not finished: its games are the ledger's pending ones.
inline bool IsOpen(const Unit& unit) {
  return unit.state == UnitState::kPending || unit.state == UnitState::kLeased;
}

struct Policy {
  uint32_t max_attempts = 3;
  absl::Duration lease_duration = absl::Seconds(60);
};

struct Grant {
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
// The shard arrived whole, which is progress too.
struct Uploaded {
  FencingToken token;
};
struct Commit {
  FencingToken token;
  std::string digest;
};
using Event = std::variant<Grant, Progress, Release, Tick, Restart, Uploaded, Commit>;

enum class Outcome : uint8_t {
  kApplied,    // store `next`
  kUnchanged,  // nothing to do
  kStale,      // the token is not the one that counts
  kRepeated,   // this commit stands already
  kConflict,   // another digest stands: an alarm
};

struct Decision {
  Outcome outcome = Outcome::kUnchanged;
  Unit next;
};

Decision Decide(const Unit& unit, const Event& event, absl::Time now, const Policy& policy);

}  // namespace moyo::work
