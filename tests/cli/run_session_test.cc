#include "cli/run/run_session.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "cli/run_folder.h"
#include "common/base/files.h"
#include "tests/cli/fake_server.h"
#include "tests/support/temp_folder.h"

namespace moyo::cli {
namespace {

constexpr char kStay[] = "exec sleep 1000";

// A run whose programs are shell scripts. Their server says that it listens where the fake one
// does; the dataset is complete once a worker has left its mark.
class RunSessionTest : public testing::Test {
 protected:
  RunSessionTest() {
    options_.games = {"/games"};
    options_.run_dir = folder_.Path("run");
    options_.workers = 2;
    options_.program_folder = folder_.Path("bin");
    options_.poll_pause = absl::Milliseconds(5);
    EXPECT_TRUE(OpenRunFolder(options_.run_dir).ok());
    Program("moyo-server", kStay);
    Program("moyo-worker", "echo $0 >> " + marks_ + "; exit 0");
    Program("moyo-trainer",
            absl::StrCat("echo net > ", options_.run_dir, "/model.pt; echo $$ > ", trainer_));
    fake_.admin.before_status = [this](v1::GetStatusResponse& status) {
      const bool parsed = std::filesystem::exists(marks_);
      status.set_complete(parsed);
      status.mutable_ledger()->set_found(10);
      status.mutable_ledger()->set_accepted(parsed ? 10 : 0);
      status.mutable_ledger()->set_pending(parsed ? 0 : 10);
      const auto trainer = ReadFile(trainer_);
      status.mutable_training()->set_finished(trainer.ok());
      status.mutable_training()->set_trainer(trainer.value_or(""));
    };
  }
  ~RunSessionTest() override { std::fclose(out_); }

  // A server script first says where it listens; a trainer script takes any option.
  void Program(const std::string& name, const std::string& script) {
    std::string first;
    if (name == "moyo-server") first = absl::StrCat("echo listening on ", fake_.address(), "\n");
    if (name == "moyo-trainer") first = "case \"$*\" in *--check-options*) exit 0;; esac\n";
    const std::string path =
        folder_.Write("bin/" + name, absl::StrCat("#!/bin/sh\n", first, script, "\n"));
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }

  absl::StatusOr<RunSummary> Run() {
    ProgressBar progress(out_, ProgressBar::Kind::kPlain);
    RunSession session(options_, progress);
    return session.Run();
  }

  test::TempFolder folder_;
  std::string marks_ = folder_.Path("marks");
  std::string trainer_ = folder_.Path("trainer");  // what names the one that finished
  std::FILE* out_ = std::tmpfile();
  FakeServer fake_;
  RunOptions options_;
};

TEST_F(RunSessionTest, ParsesThenTrains) {
  const auto summary = Run();
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(summary->status.ledger().accepted(), 10u);
  EXPECT_EQ(summary->model, options_.run_dir + "/model.pt");
  EXPECT_FALSE(summary->parsed_before);
  EXPECT_GT(summary->parse_peak_rss_bytes, 0u);
  EXPECT_EQ(summary->restarts, 0);
}

TEST_F(RunSessionTest, SecondRunFindsEverythingFinished) {
  ASSERT_TRUE(Run().ok());
  Program("moyo-trainer", "echo must not start; exit 1");
  const auto summary = Run();
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_TRUE(summary->parsed_before);
  EXPECT_TRUE(summary->trained_before);
}

TEST_F(RunSessionTest, OtherTrainingOptionsStartTheTrainerAgain) {
  ASSERT_TRUE(Run().ok());
  Program("moyo-trainer",
          absl::StrCat("echo \"$@\" > ", folder_.Path("asked"), "; echo again > ", trainer_));
  options_.trainer_arguments = {"--epochs", "9"};
  options_.fork = true;
  const auto summary = Run();
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_FALSE(summary->trained_before);
  EXPECT_TRUE(ReadFile(folder_.Path("asked"))->ends_with(" --epochs 9 --fork\n"));
  // Which of them it was is no option of the training.
  options_.fork = false;
  EXPECT_TRUE(Run()->trained_before);
}

TEST_F(RunSessionTest, WhatTheTrainerRefusesCostsNoParse) {
  Program("moyo-server", "echo must not start; exit 1");
  const std::string path = folder_.Write(
      "bin/moyo-trainer", "#!/bin/sh\necho \"moyo-trainer: too many: $*\" >&2; exit 2\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  options_.trainer_arguments = {"--epochs", "900000"};
  const absl::Status refused = Run().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused));
  EXPECT_NE(refused.message().find("moyo-trainer ended with exit code 2: moyo-trainer: too many"),
            std::string::npos)
      << refused;
  EXPECT_NE(refused.message().find("--epochs 900000 --check-options"), std::string::npos)
      << refused;
  std::filesystem::remove(path);
  EXPECT_TRUE(absl::IsNotFound(Run().status()));
  EXPECT_FALSE(std::filesystem::exists(marks_));
}

TEST_F(RunSessionTest, ParseOnlyStartsNoTrainer) {
  Program("moyo-trainer", "echo must not start; exit 1");
  options_.parse_only = true;
  const auto summary = Run();
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(summary->model, "");
}

TEST_F(RunSessionTest, KilledWorkerIsStartedAgain) {
  const std::string first = folder_.Path("first");
  Program("moyo-worker",
          absl::StrCat("mkdir ", first, " 2>/dev/null && kill -9 $$; echo x >> ", marks_));
  options_.workers = 1;
  const auto summary = Run();
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(summary->restarts, 1);
}

TEST_F(RunSessionTest, KilledServerIsStartedAgainAtItsAddress) {
  const std::string lives = folder_.Path("lives");
  // Dies when the worker is up, and the second life lets the worker finish.
  Program("moyo-server", absl::StrCat("echo \"$@\" >> ", lives, "\nif [ $(wc -l < ", lives,
                                      ") -eq 1 ]; then read x < ", folder_.Path("pipe"),
                                      "; kill -9 $$; fi\n", kStay));
  ASSERT_EQ(mkfifo(folder_.Path("pipe").c_str(), 0600), 0);
  Program("moyo-worker", absl::StrCat("[ $(wc -l < ", lives, ") -eq 1 ] && echo die > ",
                                      folder_.Path("pipe"), "; while [ $(wc -l < ", lives,
                                      ") -lt 2 ]; do sleep 0.01; done; echo x >> ", marks_));
  options_.workers = 1;
  const auto summary = Run();
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(summary->restarts, 1);
  EXPECT_NE(ReadFile(lives)->find("--listen " + fake_.address()), std::string::npos);
}

TEST_F(RunSessionTest, TrainerThatFailsIsQuoted) {
  Program("moyo-trainer", "echo the budget is too small; exit 1");
  const auto summary = Run();
  EXPECT_TRUE(absl::IsFailedPrecondition(summary.status()));
  EXPECT_NE(summary.status().message().find(
                "moyo-trainer ended with exit code 1: the budget is too small"),
            std::string::npos)
      << summary.status();
}

// It leaves the model so far and exit code 0, which must not pass for the end of its schedule; nor
// may what the server remembers of an earlier training.
TEST_F(RunSessionTest, TrainerThatIsStoppedFromOutsideHasNotFinished) {
  for (const bool finished_before : {false, true}) {
    if (finished_before) folder_.Write("trainer", "an earlier one");
    Program("moyo-trainer", "echo net > " + options_.run_dir + "/model.pt");
    const auto summary = Run();
    EXPECT_TRUE(absl::IsFailedPrecondition(summary.status()));
    EXPECT_NE(summary.status().message().find("moyo-trainer was stopped from outside; the same"),
              std::string::npos)
        << summary.status();
    EXPECT_FALSE(std::filesystem::exists(options_.run_dir + "/trained-with"));
  }
}

TEST_F(RunSessionTest, TrainerThatLeavesNoModelIsAFailure) {
  Program("moyo-trainer", "echo $$ > " + trainer_);
  const auto summary = Run();
  EXPECT_NE(summary.status().message().find("moyo-trainer left no '"), std::string::npos)
      << summary.status();
}

TEST_F(RunSessionTest, ServerThatIsStoppedFromOutsideEndsTheRun) {
  const std::string pipe = folder_.Path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  Program("moyo-server", "read x < " + pipe + "; exit 0");
  Program("moyo-worker", absl::StrCat("echo stop > ", pipe, "; ", kStay));
  options_.workers = 1;
  const auto summary = Run();
  EXPECT_NE(summary.status().message().find("moyo-server was stopped from outside; the same"),
            std::string::npos)
      << summary.status();
}

TEST_F(RunSessionTest, ServerThatCannotStartIsQuoted) {
  folder_.Write("bin/moyo-server", "#!/bin/sh\necho the lock is held; exit 1\n");
  const auto summary = Run();
  EXPECT_NE(summary.status().message().find("the lock is held"), std::string::npos)
      << summary.status();
}

TEST_F(RunSessionTest, ServerWithoutSpaceEndsTheRunWithItsReason) {
  Program("moyo-worker", kStay);
  fake_.admin.before_status = [](v1::GetStatusResponse& status) {
    status.mutable_ledger()->set_found(3);
    status.mutable_ledger()->set_pending(3);
    status.set_storage_error("the disk is full");
  };
  const auto summary = Run();
  EXPECT_TRUE(absl::IsResourceExhausted(summary.status()));
  EXPECT_NE(summary.status().message().find("the disk is full"), std::string::npos)
      << summary.status();
}

TEST_F(RunSessionTest, NoAcceptedGameIsAFailure) {
  fake_.admin.before_status = [](v1::GetStatusResponse& status) {
    status.set_complete(true);
    status.mutable_ledger()->set_found(3);
    status.mutable_ledger()->set_rejected(3);
  };
  const auto summary = Run();
  EXPECT_NE(summary.status().message().find("none of the 3 games"), std::string::npos)
      << summary.status();
}

}  // namespace
}  // namespace moyo::cli
