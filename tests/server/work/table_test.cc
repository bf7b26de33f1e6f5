// The table of states in server/DESIGN.md, row by row: each row that stands there is tried here,
// and what is tried here stands there.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/work/unit.h"

namespace moyo::work {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1000);
const Policy kPolicy{3, absl::Seconds(60)};
constexpr FencingToken kOld{6}, kToken{7}, kNewer{8}, kSecond{9}, kNext{10};

Unit MakeUnit(UnitState state) {
  Unit unit;
  unit.id = UnitId{1};
  unit.sources = 4;
  unit.games = 9;
  unit.state = state;
  unit.token = kToken;
  unit.worker = "holder";
  unit.work_done = 10;
  unit.expire_time = kNow + absl::Seconds(5);
  if (state == UnitState::kDone) unit.digest = "digest";
  return unit;
}

Unit Leased() { return MakeUnit(UnitState::kLeased); }
Unit Overdue(Unit unit) {
  unit.expire_time = kNow;
  return unit;
}
Unit Tried(Unit unit, uint32_t failures, uint64_t sources) {
  unit.failures = failures;
  unit.sources = sources;
  return unit;
}

// Another worker has it, too, and has done 5.
Unit WithSecond(Unit unit) {
  unit.second = {kSecond, "other", kNow + absl::Seconds(5), 5};
  return unit;
}
Unit WithSecondOverdue(UnitState state) {
  Unit unit = WithSecond(MakeUnit(state));
  unit.second.expire_time = kNow;
  return unit;
}
Unit Backed() { return WithSecond(Leased()); }
Unit Checked() { return WithSecond(MakeUnit(UnitState::kDone)); }

Unit Applied(const Unit& unit, const Event& event) {
  const Decision decision = Decide(unit, event, kNow, kPolicy);
  EXPECT_EQ(decision.outcome, Outcome::kApplied);
  return decision.next;
}
Outcome OutcomeOf(const Unit& unit, const Event& event) {
  return Decide(unit, event, kNow, kPolicy).outcome;
}

const Release kWilling{kToken, Leaving::kWilling, ""};
const Release kFailed{kToken, Leaving::kFailed, "why"};
const absl::Time kRenewed = kNow + kPolicy.lease_duration;

void ExpectRenewed(const Unit& unit) {
  EXPECT_EQ(unit.state, UnitState::kLeased);
  EXPECT_EQ(unit.expire_time, kRenewed);
}

void ExpectFailedOnce(const Unit& unit) {
  EXPECT_EQ(unit.state, UnitState::kPending);
  EXPECT_EQ(unit.failures, 1u);
}

// A unit whose attempts are used up, by either event.
void ExpectLastFailure(uint64_t sources, UnitState state) {
  const Unit tried = Tried(Leased(), 2, sources);
  for (const Unit& ended : {Applied(tried, kFailed), Applied(Overdue(tried), Tick{})}) {
    EXPECT_EQ(ended.state, state);
    EXPECT_FALSE(IsOpen(ended));
    EXPECT_FALSE(ended.last_error.empty());
  }
}

void ExpectOtherTokensAreRefused() {
  std::vector<Unit> units = {Backed(), Checked()};
  for (const UnitState state : {UnitState::kPending, UnitState::kLeased, UnitState::kDone,
                                UnitState::kQuarantined, UnitState::kSplit}) {
    units.push_back(MakeUnit(state));
  }
  for (const Unit& unit : units) {
    for (const FencingToken token : {kOld, kNewer, FencingToken{0}}) {
      const std::vector<Event> events = {Progress{token, 99}, Uploaded{token},
                                         Release{token, Leaving::kFailed, ""},
                                         Commit{token, "digest"}};
      for (const Event& event : events) EXPECT_EQ(OutcomeOf(unit, event), Outcome::kStale);
    }
  }
}

void ExpectSecondRenewed(const Unit& unit) {
  EXPECT_EQ(unit.second.token, kSecond);
  EXPECT_EQ(unit.second.expire_time, kRenewed);
}

void ExpectNoSecond(const Unit& unit) {
  EXPECT_EQ(unit.second.token, FencingToken{});
  EXPECT_EQ(OutcomeOf(unit, Commit{kSecond, unit.digest}), Outcome::kStale);
}

void ExpectSecondIsGranted(const Unit& unit) {
  const Unit granted = Applied(unit, GrantSecond{kSecond, "other"});
  EXPECT_EQ(granted.state, unit.state);
  EXPECT_EQ(granted.token, kToken);
  ExpectSecondRenewed(granted);
  EXPECT_EQ(OutcomeOf(granted, GrantSecond{kNext, "third"}), Outcome::kUnchanged);
  EXPECT_EQ(OutcomeOf(unit, GrantSecond{kSecond, "holder"}), Outcome::kUnchanged);
  EXPECT_EQ(OutcomeOf(unit, GrantSecond{kToken, "other"}), Outcome::kStale);
}

// The backup goes on in the holder's place, even when no attempt is left.
void ExpectBackupTakesThePlace(const Unit& before, const Event& event, uint32_t failures) {
  const Unit unit = Applied(before, event);
  EXPECT_EQ(unit.state, UnitState::kLeased);
  EXPECT_EQ(unit.failures, failures);
  EXPECT_EQ(unit.token, kSecond);
  EXPECT_EQ(unit.worker, "other");
  EXPECT_EQ(unit.work_done, 5u);
  EXPECT_EQ(unit.expire_time, before.second.expire_time);
  EXPECT_EQ(unit.second.token, FencingToken{});
  EXPECT_EQ(OutcomeOf(unit, Commit{kToken, "digest"}), Outcome::kStale);
}

std::map<std::string, std::function<void()>> BackupRows() {
  return {
      {"LEASED|second grant|no backup, another worker, token above the unit's",
       [] {
         ExpectSecondIsGranted(Leased());
         EXPECT_EQ(OutcomeOf(MakeUnit(UnitState::kPending), GrantSecond{kSecond, "other"}),
                   Outcome::kUnchanged);
       }},
      {"LEASED|progress, uploaded|backup's token",
       [] {
         ExpectSecondRenewed(Applied(Backed(), Progress{kSecond, 6}));
         ExpectSecondRenewed(Applied(Backed(), Uploaded{kSecond}));
         EXPECT_EQ(OutcomeOf(Backed(), Progress{kSecond, 5}), Outcome::kUnchanged);
         ExpectRenewed(Applied(Backed(), Progress{kToken, 11}));
       }},
      {"LEASED|release, or tick|backup's token, or its expire time reached",
       [] {
         for (const auto& [event, failures] : std::vector<std::pair<Event, uint32_t>>{
                  {Release{kSecond, Leaving::kWilling, ""}, 0},
                  {Release{kSecond, Leaving::kFailed, "why"}, 1},
                  {Tick{}, 1}}) {
           const Unit unit = Applied(WithSecondOverdue(UnitState::kLeased), event);
           EXPECT_EQ(unit.failures, failures);
           EXPECT_EQ(unit.token, kToken);
           EXPECT_EQ(unit.state, UnitState::kLeased);
           ExpectNoSecond(unit);
         }
       }},
      {"LEASED|release, or tick|unit's token, or its expire time reached, with a backup",
       [] {
         ExpectBackupTakesThePlace(Backed(), kWilling, 0);
         ExpectBackupTakesThePlace(Backed(), kFailed, 1);
         ExpectBackupTakesThePlace(Overdue(Backed()), Tick{}, 1);
         ExpectBackupTakesThePlace(Tried(Backed(), 2, 1), kFailed, 3);
         // Both at once.
         const Unit unit = Applied(Overdue(WithSecondOverdue(UnitState::kLeased)), Tick{});
         EXPECT_EQ(unit.state, UnitState::kPending);
         EXPECT_EQ(unit.failures, 2u);
       }},
      {"LEASED|commit|backup's token",
       [] {
         const Unit unit = Applied(Backed(), Commit{kSecond, "digest"});
         EXPECT_EQ(unit.state, UnitState::kDone);
         EXPECT_EQ(unit.token, kSecond);
         EXPECT_EQ(unit.worker, "other");
         EXPECT_EQ(unit.second.token, FencingToken{});
         EXPECT_EQ(OutcomeOf(unit, Progress{kToken, 99}), Outcome::kStale);
         EXPECT_EQ(OutcomeOf(unit, Commit{kToken, "digest"}), Outcome::kStale);
         EXPECT_EQ(OutcomeOf(unit, Commit{kToken, "other"}), Outcome::kConflict);
       }},
  };
}

std::map<std::string, std::function<void()>> CheckRows() {
  return {
      {"DONE|second grant|not checked, no check, another worker, token above the unit's",
       [] {
         Unit unit = MakeUnit(UnitState::kDone);
         ExpectSecondIsGranted(unit);
         unit.check = Check::kSame;
         EXPECT_EQ(OutcomeOf(unit, GrantSecond{kSecond, "other"}), Outcome::kUnchanged);
       }},
      {"DONE|progress|check's token",
       [] {
         ExpectSecondRenewed(Applied(Checked(), Progress{kSecond, 6}));
       }},
      {"DONE|uploaded|check's token",
       [] { EXPECT_EQ(OutcomeOf(Checked(), Uploaded{kSecond}), Outcome::kRepeated); }},
      {"DONE|release, or tick|check's token, or its expire time reached",
       [] {
         for (const Event& event :
              std::vector<Event>{Release{kSecond, Leaving::kFailed, "why"}, Tick{}}) {
           Unit unit = Applied(WithSecondOverdue(UnitState::kDone), event);
           EXPECT_EQ(unit.check, Check::kNone);
           EXPECT_EQ(unit.failures, 0u);
           ExpectNoSecond(unit);
           unit = WithSecondOverdue(UnitState::kDone);
           unit.check_failures = 2;
           EXPECT_EQ(Applied(unit, event).check, Check::kGivenUp);
         }
         const Unit left = Applied(Checked(), Release{kSecond, Leaving::kWilling, ""});
         EXPECT_EQ(left.check_failures, 0u);
       }},
      {"DONE|commit|check's token, standing digest",
       [] {
         const Decision decision = Decide(Checked(), Commit{kSecond, "digest"}, kNow, kPolicy);
         EXPECT_EQ(decision.outcome, Outcome::kChecked);
         EXPECT_EQ(decision.next.check, Check::kSame);
         EXPECT_EQ(decision.next.token, kToken);
         ExpectNoSecond(decision.next);
       }},
      {"DONE|commit|check's token, another digest",
       [] {
         const Decision decision = Decide(Checked(), Commit{kSecond, "other"}, kNow, kPolicy);
         EXPECT_EQ(decision.outcome, Outcome::kConflict);
         EXPECT_EQ(decision.next.check, Check::kOther);
         EXPECT_EQ(decision.next.digest, "digest");
         ExpectNoSecond(decision.next);
       }},
  };
}

std::map<std::string, std::function<void()>> DoneRows() {
  return {
      {"DONE|commit|standing token and digest",
       [] {
         EXPECT_EQ(OutcomeOf(MakeUnit(UnitState::kDone), Commit{kToken, "digest"}),
                   Outcome::kRepeated);
       }},
      {"DONE|progress|standing token",
       [] {
         EXPECT_EQ(OutcomeOf(MakeUnit(UnitState::kDone), Progress{kToken, 99}),
                   Outcome::kUnchanged);
       }},
      {"DONE|uploaded|standing token",
       [] {
         EXPECT_EQ(OutcomeOf(MakeUnit(UnitState::kDone), Uploaded{kToken}), Outcome::kRepeated);
       }},
      {"DONE|commit|another digest",
       [] {
         for (const FencingToken token : {kOld, kToken}) {
           EXPECT_EQ(OutcomeOf(MakeUnit(UnitState::kDone), Commit{token, "other"}),
                     Outcome::kConflict);
         }
       }},
  };
}

// By the row's first three cells.
std::map<std::string, std::function<void()>> Rows() {
  std::map<std::string, std::function<void()>> rows = {
      {"PENDING|grant|token above the unit's",
       [] {
         const Unit unit = Applied(MakeUnit(UnitState::kPending), Grant{kNewer, "next"});
         ExpectRenewed(unit);
         EXPECT_EQ(unit.token, kNewer);
         EXPECT_EQ(unit.worker, "next");
         EXPECT_EQ(unit.work_done, 0u);
       }},
      {"LEASED|progress|unit's token, more work done than before",
       [] {
         ExpectRenewed(Applied(Leased(), Progress{kToken, 11}));
       }},
      {"LEASED|progress|unit's token, not more work done",
       [] {
         EXPECT_EQ(OutcomeOf(Leased(), Progress{kToken, 10}), Outcome::kUnchanged);
       }},
      {"LEASED|uploaded|unit's token", [] { ExpectRenewed(Applied(Leased(), Uploaded{kToken})); }},
      {"PENDING|uploaded|unit's token",
       [] {
         EXPECT_EQ(OutcomeOf(MakeUnit(UnitState::kPending), Uploaded{kToken}), Outcome::kUnchanged);
       }},
      {"LEASED|release|unit's token, willing",
       [] {
         const Unit unit = Applied(Leased(), kWilling);
         EXPECT_EQ(unit.state, UnitState::kPending);
         EXPECT_EQ(unit.failures, 0u);
         EXPECT_EQ(OutcomeOf(unit, Commit{kToken, "digest"}), Outcome::kStale);
       }},
      {"LEASED|release|unit's token, failed, attempts left",
       [] { ExpectFailedOnce(Applied(Leased(), kFailed)); }},
      {"LEASED|tick|expire time reached, attempts left",
       [] {
         const Unit unit = Applied(Overdue(Leased()), Tick{});
         ExpectFailedOnce(unit);
         EXPECT_EQ(Applied(unit, Commit{kToken, "digest"}).state, UnitState::kDone);
       }},
      {"LEASED|release failed, or tick|attempts used up, several sources",
       [] { ExpectLastFailure(2, UnitState::kSplit); }},
      {"LEASED|release failed, or tick|attempts used up, one source",
       [] { ExpectLastFailure(1, UnitState::kQuarantined); }},
      {"LEASED, PENDING|commit|unit's token",
       [] {
         for (const UnitState state : {UnitState::kLeased, UnitState::kPending}) {
           const Unit unit = Applied(MakeUnit(state), Commit{kToken, "digest"});
           EXPECT_EQ(unit.state, UnitState::kDone);
           EXPECT_EQ(unit.digest, "digest");
         }
       }},
      {"any|any|another token", ExpectOtherTokensAreRefused},
      {"LEASED|restart of the server|", [] { ExpectRenewed(Applied(Leased(), Restart{})); }},
  };
  rows.merge(DoneRows());
  rows.merge(BackupRows());
  rows.merge(CheckRows());
  return rows;
}

std::set<std::string> RowsOfTheDocument() {
  std::set<std::string> rows;
  std::ifstream document(MOYO_SOURCE_DIR "/server/DESIGN.md");
  bool in_table = false;
  for (std::string line; std::getline(document, line);) {
    if (absl::StartsWith(line, "| from | event |")) in_table = true;
    if (!absl::StartsWith(line, "|")) in_table = false;
    if (!in_table || absl::StartsWith(line, "|---") || absl::StartsWith(line, "| from")) continue;
    std::vector<std::string> cells = absl::StrSplit(line, '|');
    for (std::string& cell : cells) cell = std::string(absl::StripAsciiWhitespace(cell));
    if (cells.size() == 6) rows.insert(absl::StrJoin(cells.begin() + 1, cells.begin() + 4, "|"));
  }
  return rows;
}

TEST(TableTest, EveryRowOfTheDocumentIsTriedAndNoOther) {
  const std::set<std::string> written = RowsOfTheDocument();
  ASSERT_GT(written.size(), 10u) << "the table of server/DESIGN.md was not found";
  std::set<std::string> tried;
  for (const auto& [row, check] : Rows()) tried.insert(row);
  EXPECT_EQ(tried, written);
}

TEST(TableTest, EveryRowHolds) {
  for (const auto& [row, check] : Rows()) {
    SCOPED_TRACE(row);
    check();
  }
}

}  // namespace
}  // namespace moyo::work
