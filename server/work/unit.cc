#include "server/work/unit.h"

namespace moyo::work {
namespace {

constexpr Outcome kApplied = Outcome::kApplied;

// Answers one event after another; `next` starts as a copy of the unit.
class Decider {
 public:
  Decider(const Unit& unit, absl::Time now, const Policy& policy)
      : unit_(unit), now_(now), policy_(policy), next_(unit) {}

  Outcome operator()(const Grant& grant) {
    if (unit_.state != UnitState::kPending) return Outcome::kUnchanged;
    if (grant.token <= unit_.token) return Outcome::kStale;
    next_.state = UnitState::kLeased;
    next_.token = grant.token;
    next_.worker = grant.worker;
    next_.work_done = 0;
    Renew();
    return kApplied;
  }

  Outcome operator()(const Progress& progress) {
    if (HasCommitted(progress.token)) return Outcome::kUnchanged;
    if (!Holds(progress.token)) return Outcome::kStale;
    if (progress.work_done <= unit_.work_done) return Outcome::kUnchanged;
    next_.work_done = progress.work_done;
    Renew();
    return kApplied;
  }

  Outcome operator()(const Release& release) {
    if (!Holds(release.token)) return Outcome::kStale;
    next_.token = {};
    if (release.leaving == Leaving::kFailed) {
      Fail(release.error);
    } else {
      next_.state = UnitState::kPending;
    }
    return kApplied;
  }

  Outcome operator()(const Tick&) {
    if (unit_.state != UnitState::kLeased || now_ < unit_.expire_time) return Outcome::kUnchanged;
    Fail("the lease ran out without progress");
    return kApplied;
  }

  Outcome operator()(const Restart&) {
    if (unit_.state != UnitState::kLeased) return Outcome::kUnchanged;
    Renew();
    return kApplied;
  }

  Outcome operator()(const Uploaded& uploaded) {
    if (HasCommitted(uploaded.token)) return Outcome::kRepeated;
    if (!MayCommit(uploaded.token)) return Outcome::kStale;
    if (unit_.state != UnitState::kLeased) return Outcome::kUnchanged;
    Renew();
    return kApplied;
  }

  Outcome operator()(const Commit& commit) {
    if (unit_.state == UnitState::kDone) {
      if (commit.digest != unit_.digest) return Outcome::kConflict;
      return HasCommitted(commit.token) ? Outcome::kRepeated : Outcome::kStale;
    }
    if (!MayCommit(commit.token)) return Outcome::kStale;
    next_.state = UnitState::kDone;
    next_.digest = commit.digest;
    return kApplied;
  }

  Unit& next() { return next_; }

 private:
  bool Holds(FencingToken token) const {
    return unit_.state == UnitState::kLeased && unit_.token == token;
  }
  bool HasCommitted(FencingToken token) const {
    return unit_.state == UnitState::kDone && unit_.token == token;
  }
  // The last holder may finish late while no other has the unit.
  bool MayCommit(FencingToken token) const {
    return IsOpen(unit_) && token.value != 0 && unit_.token == token;
  }
  void Renew() { next_.expire_time = now_ + policy_.lease_duration; }
  void Fail(const std::string& error) {
    next_.last_error = error;
    ++next_.failures;
    if (next_.failures < policy_.max_attempts) {
      next_.state = UnitState::kPending;
    } else {
      next_.state = unit_.sources > 1 ? UnitState::kSplit : UnitState::kQuarantined;
    }
  }

  const Unit& unit_;
  const absl::Time now_;
  const Policy& policy_;
  Unit next_;
};

}  // namespace

Decision Decide(const Unit& unit, const Event& event, absl::Time now, const Policy& policy) {
  Decider decider(unit, now, policy);
  const Outcome outcome = std::visit(decider, event);
  return {outcome, std::move(decider.next())};
}

}  // namespace moyo::work
