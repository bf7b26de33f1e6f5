#include "cli/run/supervised_child.h"

#include <gtest/gtest.h>
#include <poll.h>

#include "tests/support/temp_folder.h"

namespace moyo::cli {
namespace {

constexpr RestartPolicy kStrict = {};  // as for server and trainer
constexpr RestartPolicy kPatient = {
    .restart_after_error = true, .max_restarts = 5, .max_quick_deaths = 3};

struct DecisionCase {
  const char* name;
  RestartPolicy policy;
  ChildDeath death;
  AfterDeath want;
};

TEST(DecideAfterDeathTest, Table) {
  const DecisionCase cases[] = {
      {"a clean end is the end", kStrict, {.exit_code = 0}, AfterDeath::kDone},
      {"an error said by the program is final", kStrict, {.exit_code = 1}, AfterDeath::kFail},
      {"a signal is answered by a restart",
       kStrict,
       {.exit_code = 137, .killed_by_signal = true},
       AfterDeath::kRestart},
      {"restarts are bounded",
       kStrict,
       {.exit_code = 137, .killed_by_signal = true, .restarts = 3},
       AfterDeath::kFail},
      {"quick deaths are bounded",
       kStrict,
       {.exit_code = 137, .killed_by_signal = true, .quick_deaths = 3},
       AfterDeath::kFail},
      {"a worker's error is worth another try", kPatient, {.exit_code = 1}, AfterDeath::kRestart},
      {"but not for ever", kPatient, {.exit_code = 1, .restarts = 5}, AfterDeath::kFail},
  };
  for (const DecisionCase& c : cases)
    EXPECT_EQ(DecideAfterDeath(c.policy, c.death), c.want) << c.name;
}

// Polls with a clock that runs by itself until `state`, or a failure.
absl::StatusOr<SupervisedChild::State> PollUntil(SupervisedChild& child,
                                                 SupervisedChild::State state) {
  absl::Time now = absl::UnixEpoch();
  while (true) {
    now += absl::Seconds(1);
    const absl::StatusOr<SupervisedChild::State> got = child.Poll(now);
    if (!got.ok() || *got == state) return got;
    poll(nullptr, 0, 1);  // the child needs the processor
  }
}

SupervisedChild MakeChild(const test::TempFolder& folder, const std::string& script,
                          RestartPolicy policy) {
  return SupervisedChild(
      "moyo-test", {.argv = {"/bin/sh", "-c", script}, .log_path = folder.Path("log")}, policy);
}

TEST(SupervisedChildTest, RestartsUntilItSucceeds) {
  const test::TempFolder folder;
  const std::string marks = folder.Path("marks");
  // The third life ends well.
  SupervisedChild child = MakeChild(
      folder, "echo x >> " + marks + "; test $(wc -l < " + marks + ") -ge 3 || kill -9 $$",
      kPatient);
  ASSERT_TRUE(child.Start(absl::UnixEpoch()).ok());
  const auto state = PollUntil(child, SupervisedChild::State::kDone);
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(child.restarts(), 2);
  EXPECT_EQ(child.last_death(), "moyo-test ended with signal 9 (Killed)");
}

TEST(SupervisedChildTest, FailureEndsWithTheLastLogLine) {
  const test::TempFolder folder;
  SupervisedChild child = MakeChild(folder, "echo the disk is full; exit 1", kStrict);
  ASSERT_TRUE(child.Start(absl::UnixEpoch()).ok());
  const auto state = PollUntil(child, SupervisedChild::State::kDone);
  EXPECT_TRUE(absl::IsFailedPrecondition(state.status()));
  EXPECT_NE(state.status().message().find("moyo-test ended with exit code 1: the disk is full"),
            std::string::npos)
      << state.status();
}

TEST(SupervisedChildTest, GivesUpAfterQuickDeaths) {
  const test::TempFolder folder;
  RestartPolicy policy = kPatient;
  policy.quick = absl::Hours(1);
  SupervisedChild child = MakeChild(folder, "exit 1", policy);
  ASSERT_TRUE(child.Start(absl::UnixEpoch()).ok());
  EXPECT_FALSE(PollUntil(child, SupervisedChild::State::kDone).ok());
  EXPECT_EQ(child.restarts(), policy.max_quick_deaths - 1);
}

}  // namespace
}  // namespace moyo::cli
