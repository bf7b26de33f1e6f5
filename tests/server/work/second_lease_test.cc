#include "server/work/second_lease.h"

#include <gtest/gtest.h>

namespace moyo::work {
namespace {

const Policy kPolicy{.backup_after = absl::Seconds(2)};

UnitTimes TimesOf(int count, absl::Duration each) {
  UnitTimes times;
  for (int i = 0; i < count; ++i) times.Add(each);
  return times;
}

TEST(UnitTimesTest, NoUnitIsAStragglerWhileTooFewAreFinished) {
  EXPECT_EQ(TimesOf(2, absl::Seconds(9)).StragglerAge(kPolicy), absl::InfiniteDuration());
  EXPECT_EQ(TimesOf(3, absl::Seconds(9)).StragglerAge(kPolicy), absl::Seconds(27));
}

TEST(UnitTimesTest, OneSlowUnitDoesNotRaiseTheBar) {
  UnitTimes times = TimesOf(9, absl::Seconds(4));
  times.Add(absl::Hours(2));
  EXPECT_EQ(times.StragglerAge(kPolicy), absl::Seconds(12));
}

TEST(UnitTimesTest, QuickUnitsGetNoBackupBeforeThePolicySays) {
  EXPECT_EQ(TimesOf(5, absl::Milliseconds(3)).StragglerAge(kPolicy), absl::Seconds(2));
  EXPECT_EQ(
      TimesOf(5, absl::Milliseconds(3)).StragglerAge({.backup_after = absl::InfiniteDuration()}),
      absl::InfiniteDuration());
}

TEST(UnitTimesTest, OldTimesAreForgotten) {
  UnitTimes times = TimesOf(100, absl::Seconds(50));
  for (int i = 0; i < 64; ++i) times.Add(absl::Seconds(5));
  EXPECT_EQ(times.StragglerAge(kPolicy), absl::Seconds(15));
}

TEST(CheckTest, PercentageOfTheUnitsIsChosen) {
  for (const uint32_t percent : {0u, 5u, 50u, 100u}) {
    uint32_t chosen = 0;
    for (uint64_t id = 1; id <= 10'000; ++id) chosen += IsChosenForCheck(UnitId{id}, percent);
    EXPECT_NEAR(chosen, 100 * percent, 60) << percent;
  }
}

TEST(CheckTest, OnlyFinishedUnitsWithoutACheckAwaitOne) {
  const Policy all{.recheck_percent = 100};
  Unit unit;
  EXPECT_FALSE(AwaitsCheck(unit, all));
  unit.state = UnitState::kDone;
  EXPECT_TRUE(AwaitsCheck(unit, all));
  EXPECT_FALSE(AwaitsCheck(unit, kPolicy));
  unit.second.token.value = 9;
  EXPECT_FALSE(AwaitsCheck(unit, all));
  unit.second.token.value = 0;
  unit.check = Check::kSame;
  EXPECT_FALSE(AwaitsCheck(unit, all));
}

TEST(CheckTest, StoredNumbersStay) {
  EXPECT_EQ(static_cast<int>(Check::kNone), 0);
  EXPECT_EQ(static_cast<int>(Check::kSame), 1);
  EXPECT_EQ(static_cast<int>(Check::kOther), 2);
  EXPECT_EQ(static_cast<int>(Check::kGivenUp), 3);
}

}  // namespace
}  // namespace moyo::work
