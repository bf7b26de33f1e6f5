#include "server/work/unit.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace moyo::work {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1000);
const Policy kPolicy{3, absl::Seconds(60)};
constexpr FencingToken kOld{6}, kToken{7}, kNewer{8};

Unit MakeUnit(UnitState state, uint32_t failures = 0, uint64_t sources = 4) {
  Unit unit;
  unit.id = UnitId{1};
  unit.sources = sources;
  unit.games = sources;
  unit.state = state;
  unit.failures = failures;
  unit.token = kToken;
  unit.work_done = 10;
  unit.expire_time = kNow + absl::Seconds(5);
  if (state == UnitState::kDone) unit.digest = "digest";
  return unit;
}

struct Case {
  std::string name;
  Unit unit;
  Event event;
  Outcome outcome;
  UnitState state;  // afterwards
  uint32_t failures = 0;
};

constexpr UnitState kPending = UnitState::kPending, kLeased = UnitState::kLeased,
                    kDone = UnitState::kDone, kQuarantined = UnitState::kQuarantined,
                    kSplit = UnitState::kSplit;
constexpr Outcome kApplied = Outcome::kApplied, kUnchanged = Outcome::kUnchanged,
                  kStale = Outcome::kStale, kRepeated = Outcome::kRepeated,
                  kConflict = Outcome::kConflict;

Unit Overdue(Unit unit) {
  unit.expire_time = kNow;
  return unit;
}

std::vector<Case> LeaseCases() {
  return {
      {"grant", MakeUnit(kPending), Grant{kNewer, "w"}, kApplied, kLeased},
      {"grant with a used token", MakeUnit(kPending), Grant{kToken, "w"}, kStale, kPending},
      {"grant of a leased unit", MakeUnit(kLeased), Grant{kNewer, "w"}, kUnchanged, kLeased},
      {"grant of a done unit", MakeUnit(kDone), Grant{kNewer, "w"}, kUnchanged, kDone},
      {"grant of a split unit", MakeUnit(kSplit), Grant{kNewer, "w"}, kUnchanged, kSplit},
      {"progress", MakeUnit(kLeased), Progress{kToken, 11}, kApplied, kLeased},
      {"no progress", MakeUnit(kLeased), Progress{kToken, 10}, kUnchanged, kLeased},
      {"stale progress", MakeUnit(kLeased), Progress{kOld, 99}, kStale, kLeased},
      {"progress after expiry", MakeUnit(kPending), Progress{kToken, 11}, kStale, kPending},
      {"progress after commit", MakeUnit(kDone), Progress{kToken, 11}, kUnchanged, kDone},
      {"willing release", MakeUnit(kLeased), Release{kToken, Leaving::kWilling, ""}, kApplied,
       kPending},
      {"failure", MakeUnit(kLeased), Release{kToken, Leaving::kFailed, "e"}, kApplied, kPending, 1},
      {"last failure", MakeUnit(kLeased, 2), Release{kToken, Leaving::kFailed, "e"}, kApplied,
       kSplit, 3},
      {"last failure of one source", MakeUnit(kLeased, 2, 1),
       Release{kToken, Leaving::kFailed, "e"}, kApplied, kQuarantined, 3},
      {"stale release", MakeUnit(kLeased), Release{kOld, Leaving::kFailed, "e"}, kStale, kLeased},
      {"release when not leased", MakeUnit(kPending), Release{kToken, Leaving::kWilling, ""},
       kStale, kPending},
      {"tick too early", MakeUnit(kLeased), Tick{}, kUnchanged, kLeased},
      {"expiry", Overdue(MakeUnit(kLeased)), Tick{}, kApplied, kPending, 1},
      {"last expiry", Overdue(MakeUnit(kLeased, 2)), Tick{}, kApplied, kSplit, 3},
      {"last expiry of one source", Overdue(MakeUnit(kLeased, 2, 1)), Tick{}, kApplied,
       kQuarantined, 3},
      {"tick of a pending unit", Overdue(MakeUnit(kPending)), Tick{}, kUnchanged, kPending},
      {"restart", MakeUnit(kLeased), Restart{}, kApplied, kLeased},
      {"restart of a pending unit", MakeUnit(kPending), Restart{}, kUnchanged, kPending},
  };
}

std::vector<Case> CommitCases() {
  return {
      {"commit", MakeUnit(kLeased), Commit{kToken, "digest"}, kApplied, kDone},
      {"commit after expiry", MakeUnit(kPending), Commit{kToken, "digest"}, kApplied, kDone},
      {"stale commit", MakeUnit(kLeased), Commit{kOld, "digest"}, kStale, kLeased},
      {"commit of nobody", Unit{}, Commit{FencingToken{0}, ""}, kStale, kPending},
      {"commit of a split unit", MakeUnit(kSplit), Commit{kToken, "digest"}, kStale, kSplit},
      {"commit of a quarantined unit", MakeUnit(kQuarantined), Commit{kToken, "digest"}, kStale,
       kQuarantined},
      {"repeated commit", MakeUnit(kDone), Commit{kToken, "digest"}, kRepeated, kDone},
      {"another's commit of the same", MakeUnit(kDone), Commit{kOld, "digest"}, kStale, kDone},
      {"other digest", MakeUnit(kDone), Commit{kToken, "other"}, kConflict, kDone},
      {"another's other digest", MakeUnit(kDone), Commit{kOld, "other"}, kConflict, kDone},
      {"upload", MakeUnit(kLeased), Uploaded{kToken}, kApplied, kLeased},
      {"upload after expiry", MakeUnit(kPending), Uploaded{kToken}, kUnchanged, kPending},
      {"stale upload", MakeUnit(kLeased), Uploaded{kOld}, kStale, kLeased},
      {"upload after commit", MakeUnit(kDone), Uploaded{kToken}, kRepeated, kDone},
  };
}

void Check(const Case& test) {
  SCOPED_TRACE(test.name);
  const Decision decision = Decide(test.unit, test.event, kNow, kPolicy);
  EXPECT_EQ(decision.outcome, test.outcome);
  EXPECT_EQ(decision.next.state, test.state);
  EXPECT_TRUE(test.failures == 0 || decision.next.failures == test.failures)
      << decision.next.failures;
}

TEST(UnitTest, LeasesFollowTheTable) {
  for (const Case& test : LeaseCases()) Check(test);
}

TEST(UnitTest, CommitsFollowTheTable) {
  for (const Case& test : CommitCases()) Check(test);
}

TEST(UnitTest, GrantAndProgressRenewTheLease) {
  const absl::Time renewed = kNow + kPolicy.lease_duration;
  EXPECT_EQ(Decide(MakeUnit(kPending), Grant{kNewer, "w"}, kNow, kPolicy).next.expire_time,
            renewed);
  EXPECT_EQ(Decide(MakeUnit(kLeased), Progress{kToken, 11}, kNow, kPolicy).next.expire_time,
            renewed);
  EXPECT_EQ(Decide(MakeUnit(kLeased), Restart{}, kNow, kPolicy).next.expire_time, renewed);
}

TEST(UnitTest, ReleaseMakesTheTokenWorthless) {
  const Unit released =
      Decide(MakeUnit(kLeased), Release{kToken, Leaving::kWilling, ""}, kNow, kPolicy).next;
  EXPECT_EQ(Decide(released, Commit{kToken, "digest"}, kNow, kPolicy).outcome, kStale);
}

TEST(UnitTest, StoredStateNumbersStay) {
  EXPECT_EQ(static_cast<int>(kPending), 1);
  EXPECT_EQ(static_cast<int>(kLeased), 2);
  EXPECT_EQ(static_cast<int>(kDone), 3);
  EXPECT_EQ(static_cast<int>(kQuarantined), 4);
  EXPECT_EQ(static_cast<int>(kSplit), 5);
}

}  // namespace
}  // namespace moyo::work
