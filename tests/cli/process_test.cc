#include "cli/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/files.h"
#include "tests/support/temp_folder.h"

namespace moyo::cli {
namespace {

// A child that has ended, without waiting by the clock: Stop returns when it is gone.
std::unique_ptr<Child> RunToEnd(const ChildSpec& spec) {
  auto child = Child::Start(spec);
  EXPECT_TRUE(child.ok()) << child.status();
  siginfo_t info;
  waitid(P_PID, (*child)->pid(), &info, WEXITED | WNOWAIT);
  EXPECT_FALSE((*child)->Poll());
  return *std::move(child);
}

ChildSpec Shell(const test::TempFolder& folder, const std::string& script) {
  return {.argv = {"/bin/sh", "-c", script}, .log_path = folder.Path("log")};
}

TEST(ChildTest, OutputGoesToTheLogAndTheExitCodeIsKept) {
  const test::TempFolder folder;
  const auto child = RunToEnd(Shell(folder, "echo one; echo two >&2; exit 7"));
  EXPECT_EQ(child->exit_code(), 7);
  EXPECT_EQ(child->EndText(), "exit code 7");
  EXPECT_EQ(LogTail(folder.Path("log"), 0), "one\ntwo\n");
}

TEST(ChildTest, SecondLifeAppendsAndKnowsWhereItsLogBegins) {
  const test::TempFolder folder;
  RunToEnd(Shell(folder, "echo first"));
  const auto child = RunToEnd(Shell(folder, "true"));
  EXPECT_EQ(LastLogLine(folder.Path("log"), 0), "first");
  EXPECT_EQ(LastLogLine(folder.Path("log"), child->log_begin()), "");
}

TEST(ChildTest, DeathBySignalIsNamed) {
  const test::TempFolder folder;
  const auto child = RunToEnd(Shell(folder, "kill -9 $$"));
  EXPECT_TRUE(child->killed_by_signal());
  EXPECT_EQ(child->exit_code(), 137);
  EXPECT_EQ(child->EndText(), "signal 9 (Killed)");
}

TEST(ChildTest, StopEndsAWillingChildWithSigterm) {
  const test::TempFolder folder;
  auto child = Child::Start(Shell(folder, "exec sleep 1000"));
  ASSERT_TRUE(child.ok());
  EXPECT_TRUE((*child)->Poll());
  (*child)->Stop(absl::Seconds(60));
  EXPECT_EQ((*child)->exit_code(), 128 + SIGTERM);
}

TEST(ChildTest, StopKillsOneThatIgnoresSigterm) {
  const test::TempFolder folder;
  const std::string ready = folder.Path("ready");
  ASSERT_EQ(mkfifo(ready.c_str(), 0600), 0);
  auto child = Child::Start(Shell(folder, absl::StrCat("trap '' TERM; echo > '", ready,
                                                       "'; while :; do read x < /dev/zero; done")));
  ASSERT_TRUE(child.ok());
  std::string line;
  std::getline(std::ifstream(ready), line);  // returns when the trap stands
  (*child)->Stop(absl::ZeroDuration());
  EXPECT_EQ((*child)->exit_code(), 128 + SIGKILL);
}

// At the second signal a program drops what it is finishing.
TEST(ChildTest, StopDoesNotSignalOneThatWasAskedToEndAgain) {
  const test::TempFolder folder;
  const std::string log = folder.Path("log");
  auto child = Child::Start(Shell(folder, "trap 'echo asked' TERM; echo; while :; do :; done"));
  ASSERT_TRUE(child.ok());
  const auto await_log = [&](const std::string& text) {
    while (LogTail(log, 0) != text) ASSERT_TRUE((*child)->Poll());
  };
  await_log("\n");  // the trap stands
  (*child)->AskToEnd();
  await_log("\nasked\n");
  (*child)->Stop(absl::Milliseconds(200));
  EXPECT_EQ(LogTail(log, 0), "\nasked\n");
}

TEST(ChildTest, DestructionLeavesNoProcessBehind) {
  const test::TempFolder folder;
  pid_t pid;
  {
    auto child = Child::Start(Shell(folder, "exec sleep 1000"));
    ASSERT_TRUE(child.ok());
    pid = (*child)->pid();
  }
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST(ChildTest, MissingProgramIsNamed) {
  const test::TempFolder folder;
  const auto child = Child::Start({.argv = {"/no/such/program"}, .log_path = folder.Path("log")});
  EXPECT_TRUE(absl::IsNotFound(child.status()));
  EXPECT_NE(child.status().message().find("/no/such/program"), std::string::npos);
}

TEST(ChildTest, PeakMemoryIsKnownAfterTheEnd) {
  const test::TempFolder folder;
  EXPECT_GT(RunToEnd(Shell(folder, "true"))->peak_rss_bytes(), 100'000u);
}

TEST(LogTest, LastLineSkipsBlankOnes) {
  const test::TempFolder folder;
  const std::string log = folder.Write("log", "a\nthe reason\n\n  \n");
  EXPECT_EQ(LastLogLine(log, 0), "the reason");
  EXPECT_EQ(LastLogLine(folder.Path("none"), 0), "");
}

}  // namespace
}  // namespace moyo::cli
