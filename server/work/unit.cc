#include "server/work/unit.h"

namespace moyo::work {
namespace {

constexpr Outcome kApplied = Outcome::kApplied;
constexpr char kRanOut[] = "the lease ran out without progress";

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

  Outcome operator()(const GrantSecond& grant) {
    const bool is_wanted = unit_.state == UnitState::kLeased ||
                           (unit_.state == UnitState::kDone && unit_.check == Check::kNone);
    if (!is_wanted || HasSecond() || grant.worker == unit_.worker) return Outcome::kUnchanged;
    if (grant.token <= unit_.token) return Outcome::kStale;
    next_.second = {grant.token, grant.worker};
    RenewSecond();
    return kApplied;
  }

  Outcome operator()(const Progress& progress) {
    if (HasCommitted(progress.token)) return Outcome::kUnchanged;
    if (!IsHeldUnder(unit_, progress.token)) return Outcome::kStale;
    const bool is_second = IsSecond(progress.token);
    uint64_t& work_done = is_second ? next_.second.work_done : next_.work_done;
    if (progress.work_done <= work_done) return Outcome::kUnchanged;
    work_done = progress.work_done;
    is_second ? RenewSecond() : Renew();
    return kApplied;
  }

  Outcome operator()(const Release& release) {
    if (!IsHeldUnder(unit_, release.token)) return Outcome::kStale;
    const bool has_failed = release.leaving == Leaving::kFailed;
    if (IsSecond(release.token)) {
      EndSecond(has_failed, release.error);
      return kApplied;
    }
    next_.token = {};
    if (has_failed) {
      Fail(release.error);
    } else {
      GiveUp();
    }
    return kApplied;
  }

  Outcome operator()(const Tick&) {
    const bool second_is_over = HasSecond() && now_ >= unit_.second.expire_time;
    const bool is_over = unit_.state == UnitState::kLeased && now_ >= unit_.expire_time;
    if (!second_is_over && !is_over) return Outcome::kUnchanged;
    if (second_is_over) EndSecond(true, kRanOut);
    if (is_over) Fail(kRanOut);
    return kApplied;
  }

  Outcome operator()(const Restart&) {
    if (unit_.state != UnitState::kLeased) return Outcome::kUnchanged;
    Renew();
    return kApplied;
  }

  Outcome operator()(const Uploaded& uploaded) {
    // A check needs no shard: its digest says all.
    if (HasCommitted(uploaded.token) || Checks(uploaded.token)) return Outcome::kRepeated;
    if (!MayCommit(unit_, uploaded.token)) return Outcome::kStale;
    if (unit_.state != UnitState::kLeased) return Outcome::kUnchanged;
    IsSecond(uploaded.token) ? RenewSecond() : Renew();
    return kApplied;
  }

  Outcome operator()(const Commit& commit) {
    if (unit_.state == UnitState::kDone) return CommitAgain(commit);
    if (!MayCommit(unit_, commit.token)) return Outcome::kStale;
    if (IsSecond(commit.token)) next_.worker = unit_.second.worker;
    next_.state = UnitState::kDone;
    next_.token = commit.token;
    next_.digest = commit.digest;
    next_.second = {};
    return kApplied;
  }

  Unit& next() { return next_; }

 private:
  bool HasCommitted(FencingToken token) const {
    return unit_.state == UnitState::kDone && unit_.token == token;
  }
  bool HasSecond() const { return unit_.second.token.value != 0; }
  bool IsSecond(FencingToken token) const { return HasSecond() && unit_.second.token == token; }
  bool Checks(FencingToken token) const {
    return unit_.state == UnitState::kDone && IsSecond(token);
  }

  Outcome CommitAgain(const Commit& commit) {
    const bool is_same = commit.digest == unit_.digest;
    if (Checks(commit.token)) {
      next_.second = {};
      next_.check = is_same ? Check::kSame : Check::kOther;
      return is_same ? Outcome::kChecked : Outcome::kConflict;
    }
    if (!is_same) return Outcome::kConflict;
    return HasCommitted(commit.token) ? Outcome::kRepeated : Outcome::kStale;
  }

  void Renew() { next_.expire_time = now_ + policy_.lease_duration; }
  void RenewSecond() { next_.second.expire_time = now_ + policy_.lease_duration; }

  void EndSecond(bool has_failed, const std::string& error) {
    next_.second = {};
    if (!has_failed) return;
    if (unit_.state == UnitState::kLeased) {
      next_.last_error = error;
      ++next_.failures;
    } else if (++next_.check_failures >= policy_.max_attempts) {
      next_.check = Check::kGivenUp;
    }
  }

  // The holder has the unit no longer; a backup goes on in its place.
  void GiveUp() {
    if (next_.second.token.value == 0) {
      next_.state = UnitState::kPending;
      return;
    }
    next_.token = next_.second.token;
    next_.worker = next_.second.worker;
    next_.expire_time = next_.second.expire_time;
    next_.work_done = next_.second.work_done;
    next_.second = {};
  }

  void Fail(const std::string& error) {
    next_.last_error = error;
    ++next_.failures;
    const bool has_backup = next_.second.token.value != 0;
    if (has_backup || next_.failures < policy_.max_attempts) return GiveUp();
    next_.state = unit_.sources > 1 ? UnitState::kSplit : UnitState::kQuarantined;
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
