// A million random events: calls that are lost, doubled, late and out of order, workers that hang
// and disagree, backups and checks, a server that restarts and whose clock jumps. After each one
// the units must be where a plain model of the promises (server/DESIGN.md, DESIGN section 5) says,
// and the promises must hold.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "server/work/unit.h"

namespace moyo::work {
namespace {

constexpr uint64_t kSources = 40;
constexpr uint64_t kSourcesPerUnit = 8;
constexpr int kEvents = 1'200'000;
constexpr size_t kMaxInFlight = 60;
const Policy kPolicy{2, absl::Seconds(60)};

bool Same(const Unit& a, const Unit& b) {
  return a.id == b.id && a.first_source == b.first_source && a.sources == b.sources &&
         a.first_game == b.first_game && a.games == b.games && a.state == b.state &&
         a.failures == b.failures && a.token == b.token && a.worker == b.worker &&
         a.expire_time == b.expire_time && a.work_done == b.work_done && a.digest == b.digest &&
         a.last_error == b.last_error && a.second.token == b.second.token &&
         a.second.worker == b.second.worker && a.second.expire_time == b.second.expire_time &&
         a.second.work_done == b.second.work_done && a.check == b.check &&
         a.check_failures == b.check_failures;
}

// All but its check.
bool SameResult(const Unit& a, Unit b) {
  b.second = a.second;
  b.check = a.check;
  b.check_failures = a.check_failures;
  return Same(a, b);
}

// What is known of a unit from its history alone.
struct History {
  FencingToken last_grant;     // the newest holder
  bool is_held = false;        // and it has it still
  bool is_disowned = false;    // the holder gave it back: what it says counts no more
  absl::Time deadline;         // of the lease that is held
  uint64_t best_progress = 0;  // heard of the holder since the server started
  uint32_t failures = 0;
  std::optional<std::string> committed;  // the digest that stands
  bool is_given_up = false;              // split or quarantined
  std::string worker;                    // of the newest holder, or who committed
  struct Second {
    FencingToken token;
    std::string worker;
    absl::Time deadline;
    uint64_t best_progress = 0;
  };
  std::optional<Second> second;  // a backup before the commit, a check after it
  uint32_t check_failures = 0;
  bool is_checked = false;

  bool IsOver() const { return committed.has_value() || is_given_up; }
  bool Counts(FencingToken token) const {
    return token.value != 0 && token == last_grant && !is_disowned;
  }
};

// Says what an event must come to, and remembers it.
class Model {
 public:
  Model(History& history, absl::Time now) : unit_(history), now_(now) {}

  Outcome operator()(const Grant& grant) {
    if (unit_.IsOver() || unit_.is_held) return Outcome::kUnchanged;
    const uint32_t failures = unit_.failures;
    unit_ = {};
    unit_.last_grant = grant.token;
    unit_.worker = grant.worker;
    unit_.is_held = true;
    unit_.failures = failures;
    return Renew();
  }
  Outcome operator()(const GrantSecond& grant) {
    const bool is_wanted = unit_.is_held || (unit_.committed && !unit_.is_checked);
    if (!is_wanted || unit_.second || grant.worker == unit_.worker) return Outcome::kUnchanged;
    unit_.second = {grant.token, grant.worker, now_ + kPolicy.lease_duration};
    return Outcome::kApplied;
  }
  Outcome operator()(const Progress& progress) {
    if (unit_.committed && unit_.Counts(progress.token)) return Outcome::kUnchanged;
    const bool is_second = IsSecond(progress.token);
    if (!is_second && (!unit_.is_held || !unit_.Counts(progress.token))) return Outcome::kStale;
    uint64_t& best = is_second ? unit_.second->best_progress : unit_.best_progress;
    if (progress.work_done <= best) return Outcome::kUnchanged;
    best = progress.work_done;
    return is_second ? RenewSecond() : Renew();
  }
  Outcome operator()(const Uploaded& uploaded) {
    if (IsSecond(uploaded.token)) return unit_.committed ? Outcome::kRepeated : RenewSecond();
    if (unit_.is_given_up || !unit_.Counts(uploaded.token)) return Outcome::kStale;
    if (unit_.committed) return Outcome::kRepeated;
    return unit_.is_held ? Renew() : Outcome::kUnchanged;
  }
  Outcome operator()(const Release& release) {
    const bool has_failed = release.leaving == Leaving::kFailed;
    if (IsSecond(release.token)) return LeaveSecond(has_failed);
    if (!unit_.is_held || !unit_.Counts(release.token)) return Outcome::kStale;
    unit_.is_disowned = true;
    return Leave(has_failed);
  }
  Outcome operator()(const Tick&) {
    Outcome outcome = Outcome::kUnchanged;
    if (unit_.second && now_ >= unit_.second->deadline) outcome = LeaveSecond(true);
    if (unit_.is_held && now_ >= unit_.deadline) outcome = Leave(true);
    return outcome;
  }
  Outcome operator()(const Restart&) {
    if (!unit_.is_held) return Outcome::kUnchanged;
    unit_.best_progress = 0;
    return Renew();
  }
  Outcome operator()(const Commit& commit) {
    const bool is_second = IsSecond(commit.token);
    if (unit_.committed) {
      const bool is_same = *unit_.committed == commit.digest;
      if (is_second) {
        unit_.second.reset();
        unit_.is_checked = true;
        return is_same ? Outcome::kChecked : Outcome::kConflict;
      }
      if (!is_same) return Outcome::kConflict;
      return unit_.Counts(commit.token) ? Outcome::kRepeated : Outcome::kStale;
    }
    if (is_second) TakeThePlace();
    if (unit_.is_given_up || !unit_.Counts(commit.token)) return Outcome::kStale;
    unit_.committed = commit.digest;
    unit_.is_held = false;
    unit_.second.reset();
    return Outcome::kApplied;
  }

 private:
  bool IsSecond(FencingToken token) const { return unit_.second && unit_.second->token == token; }
  Outcome Renew() {
    unit_.deadline = now_ + kPolicy.lease_duration;
    return Outcome::kApplied;
  }
  Outcome RenewSecond() {
    unit_.second->deadline = now_ + kPolicy.lease_duration;
    return Outcome::kApplied;
  }
  void TakeThePlace() {
    unit_.last_grant = unit_.second->token;
    unit_.worker = unit_.second->worker;
    unit_.deadline = unit_.second->deadline;
    unit_.best_progress = unit_.second->best_progress;
    unit_.is_disowned = false;
    unit_.second.reset();
  }
  Outcome Leave(bool failed) {
    unit_.failures += failed;
    if (unit_.second) {
      TakeThePlace();
      return Outcome::kApplied;
    }
    unit_.is_held = false;
    unit_.is_given_up = failed && unit_.failures >= kPolicy.max_attempts;
    return Outcome::kApplied;
  }
  Outcome LeaveSecond(bool failed) {
    unit_.second.reset();
    if (!unit_.committed) {
      unit_.failures += failed;
    } else if (failed && ++unit_.check_failures >= kPolicy.max_attempts) {
      unit_.is_checked = true;
    }
    return Outcome::kApplied;
  }

  History& unit_;
  const absl::Time now_;
};

// A worker's idea of a lease.
struct Holder {
  size_t unit;
  FencingToken token;
  uint64_t work_done = 0;
};

// A call on its way.
struct Message {
  size_t unit;
  Event event;
};

class World {
 public:
  explicit World(uint32_t seed) : random_(seed), commits_of_(kSources, 0) {
    for (uint64_t first = 0; first < kSources; first += kSourcesPerUnit) {
      AddUnit(first, kSourcesPerUnit);
    }
  }

  bool IsOver() const {
    return std::all_of(units_.begin(), units_.end(),
                       [](const Unit& unit) { return !IsOpen(unit); });
  }
  bool ok() const { return ok_; }
  int events() const { return events_; }
  int commits() const { return commits_; }
  int backups_won() const { return backups_won_; }
  int checks() const { return checks_; }

  // One thing happens somewhere.
  void Step() {
    const uint32_t what = random_() % 100;
    if (what < 14) {
      AskForALease();
    } else if (what < 50) {
      SendSomething();
    } else if (what < 88) {
      DeliverSomething();
    } else if (what < 94) {
      now_ += absl::Seconds(random_() % 20);
    } else if (what < 99) {
      for (size_t i = 0; i < units_.size() && ok_; ++i) Happen(i, Tick{});
    } else if (random_() % 4 == 0) {
      now_ += absl::Seconds(static_cast<int>(random_() % 7200) - 3600);  // the clock jumps
    } else {
      RestartServer();
    }
  }

 private:
  void AddUnit(uint64_t first, uint64_t sources) {
    Unit unit;
    unit.id.value = units_.size() + 1;
    unit.first_source.value = first;
    unit.sources = sources;
    unit.first_game.value = first;
    unit.games = sources;
    units_.push_back(unit);
    histories_.emplace_back();
  }

  void AskForALease() {
    for (size_t i = 0; i < units_.size(); ++i) {
      if (units_[i].state != UnitState::kPending) continue;
      const FencingToken token{++last_token_};
      Happen(i, Grant{token, "worker " + std::to_string(random_() % 5)});
      if (random_() % 8 != 0) holders_.push_back({i, token});  // else the answer is lost
      if (holders_.size() > kMaxInFlight) holders_.erase(holders_.begin());
      return;
    }
    AskForASecondLease();
  }

  // Of any unit, so that those that get none are asked for, too.
  void AskForASecondLease() {
    const size_t i = random_() % units_.size();
    const FencingToken token{++last_token_};
    Happen(i, GrantSecond{token, "worker " + std::to_string(random_() % 5)});
    if (units_[i].second.token != token || random_() % 8 == 0) return;
    holders_.push_back({i, token});
    if (holders_.size() > kMaxInFlight) holders_.erase(holders_.begin());
  }

  // Some worker, maybe one that lost its lease long ago, calls about its unit.
  void SendSomething() {
    if (holders_.empty()) return;
    Holder& holder = holders_[random_() % holders_.size()];
    in_flight_.push_back({holder.unit, CallOf(holder)});
    if (in_flight_.size() > kMaxInFlight) in_flight_.erase(in_flight_.begin());  // lost
  }

  Event CallOf(Holder& holder) {
    // Nobody's token: of a worker that has no lease and does not know it.
    const FencingToken token = random_() % 50 == 0 ? FencingToken{0} : holder.token;
    switch (random_() % 8) {
      case 0:
        return Uploaded{token};
      case 1:
      case 2:
        return Commit{token, DigestOf(holder.unit)};
      case 3:
        return Release{token, random_() % 3 == 0 ? Leaving::kWilling : Leaving::kFailed, "failed"};
      default:
        holder.work_done += random_() % 3;
        return Progress{token, holder.work_done};
    }
  }

  // Any call of those on their way: late, out of order, and now and then once more.
  void DeliverSomething() {
    if (in_flight_.empty()) return;
    const size_t which = random_() % in_flight_.size();
    const Message message = in_flight_[which];
    if (random_() % 4 != 0) in_flight_.erase(in_flight_.begin() + static_cast<ptrdiff_t>(which));
    Happen(message.unit, message.event);
  }

  // Only what the database holds is there afterwards.
  void RestartServer() {
    for (size_t i = 0; i < units_.size() && ok_; ++i) {
      units_[i].work_done = 0;
      units_[i].expire_time = absl::InfinitePast();
      units_[i].second = {};
      units_[i].check_failures = 0;
      histories_[i].second.reset();
      histories_[i].check_failures = 0;
      Happen(i, Restart{});
    }
  }

  // A machine in a hundred is at fault.
  std::string DigestOf(size_t unit) {
    const std::string digest = "digest " + std::to_string(unit);
    return random_() % 100 == 0 ? digest + " of a bad machine" : digest;
  }

  void Happen(size_t i, const Event& event) {
    ++events_;
    const Unit before = units_[i];
    const Decision decision = Decide(before, event, now_, kPolicy);
    const Outcome expected = std::visit(Model(histories_[i], now_), event);
    Expect(decision.outcome == expected, "outcome", before, event);
    // A call that is refused, repeated or of no use changes nothing, and what is finished stays.
    const bool is_over = !IsOpen(before);
    if (decision.outcome == Outcome::kApplied || is_over) {
      Expect(!is_over || SameResult(decision.next, before), "a finished unit stays", before, event);
      Apply(i, before, decision.next);
    } else {
      Expect(Same(decision.next, before), "nothing changed", before, event);
    }
    if (decision.outcome == Outcome::kChecked) ++checks_;
    const Unit& unit = units_[i];
    const History& history = histories_[i];
    ExpectSecond(unit, history, event);
    Expect((unit.state == UnitState::kLeased) == history.is_held, "held", unit, event);
    Expect((unit.state == UnitState::kDone) == history.committed.has_value(), "done", unit, event);
    Expect(unit.failures == history.failures, "failures", unit, event);
    Expect(!history.committed || unit.digest == *history.committed, "digest", unit, event);
    if (history.is_held) Expect(unit.expire_time == history.deadline, "deadline", unit, event);
    ExpectEverySourceOnce(unit, event);
  }

  void ExpectSecond(const Unit& unit, const History& history, const Event& event) {
    const History::Second none, &second = history.second ? *history.second : none;
    Expect(unit.second.token == second.token, "second lease", unit, event);
    if (history.second) {
      Expect(unit.second.expire_time == second.deadline, "its deadline", unit, event);
      Expect(unit.second.token > unit.token, "its token is newer", unit, event);
    }
    Expect((unit.check != Check::kNone) == history.is_checked, "checked", unit, event);
  }

  void Apply(size_t i, const Unit& before, const Unit& next) {
    units_[i] = next;
    if (next.state == UnitState::kDone && before.state != UnitState::kDone) {
      ++commits_;
      backups_won_ += next.token == before.second.token;
      for (uint64_t n = 0; n < next.sources; ++n) ++commits_of_[next.first_source.value + n];
    }
    if (next.state == UnitState::kSplit && IsOpen(before)) {
      const uint64_t first = before.first_source.value, half = before.sources / 2;
      AddUnit(first, half);
      AddUnit(first + half, before.sources - half);
    }
    if (next.state == UnitState::kQuarantined) Expect(next.sources == 1, "alone", next, Tick{});
  }

  // found = done + quarantined + pending, and no source twice.
  void ExpectEverySourceOnce(const Unit& unit, const Event& event) {
    uint64_t standing = 0;
    for (const Unit& each : units_) standing += each.state != UnitState::kSplit ? each.sources : 0;
    Expect(standing == kSources, "every source in one unit", unit, event);
    for (uint64_t n = 0; n < unit.sources; ++n) {
      Expect(commits_of_[unit.first_source.value + n] <= 1, "committed once", unit, event);
    }
  }

  void Expect(bool holds, const char* what, const Unit& unit, const Event& event) {
    if (holds || !ok_) return;
    ok_ = false;
    ADD_FAILURE() << what << ": unit " << unit.id.value << " in state "
                  << static_cast<int>(unit.state) << ", event " << event.index() << ", after "
                  << events_ << " events";
  }

  std::mt19937 random_;
  absl::Time now_ = absl::FromUnixSeconds(1'000'000);
  std::vector<Unit> units_;
  std::vector<History> histories_;
  std::vector<int> commits_of_;  // by source
  std::vector<Holder> holders_;
  std::vector<Message> in_flight_;
  uint64_t last_token_ = 0;
  int events_ = 0;
  int commits_ = 0;
  int backups_won_ = 0;
  int checks_ = 0;
  bool ok_ = true;
};

TEST(RandomWalkTest, PromisesHoldAfterEachOfAMillionEvents) {
  int events = 0, worlds = 0, commits = 0, backups_won = 0, checks = 0;
  for (uint32_t seed = 1; events < kEvents; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed);
    while (!world.IsOver() && world.ok()) world.Step();
    // What comes after the end changes nothing.
    for (int i = 0; i < 500 && world.ok(); ++i) world.Step();
    ASSERT_TRUE(world.ok());
    events += world.events();
    commits += world.commits();
    backups_won += world.backups_won();
    checks += world.checks();
    ++worlds;
  }
  EXPECT_GT(worlds, 100);
  EXPECT_GT(commits, worlds);
  EXPECT_GT(backups_won, worlds);
  EXPECT_GT(checks, worlds);
}

}  // namespace
}  // namespace moyo::work
