#include "cli/render_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "tests/support/status_sample.h"

namespace moyo::cli {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(StatusTextTest, GoldenText) {
  EXPECT_EQ(StatusText(SampleStatus(), {.address = "127.0.0.1:7000", .run_dir = "run"}),
            R"(server       127.0.0.1:7000 (moyo-server 0.1.0)
games        38,982 found = 30,000 accepted + 5 duplicate + 4 filtered + 3 rejected + 1 quarantined + 8,969 pending
positions    6,300,000 in accepted games (2 of them cut at damage)
duplicates   3 identical, 0 symmetric copies, 2 that a longer game goes on from
units        60 done, 2 leased, 10 pending; 8,969 games/s, 1s left
shards       60 files, 6.7 MiB, in run/server/shards
dataset      abababababababababababababababababababababababababababababababab
checkpoints  3 written, the last 5.0 MiB at 2023-11-14 22:13:20 UTC, in run/trainer/checkpoints
training     epoch 2 of 5, step 1,000 (batches of 256), 256,000 of 512,000 samples; 1000 samples/s, 4m 16s left
loss         2.5000 (policy 2.2500, value 0.2500), learning rate 0.001
validation   top-1 37.50%, top-5 68.75%, 2.7500 nats, winner right 50.00%, on 20,000 positions
memory       server RSS 50.0 MiB, VMS 500.0 MiB
             trainer RSS 400.0 MiB, VMS 2.0 GiB, budget 10.0 GiB
system       24.0 GiB of memory, 20.0 GiB available
workers      1
  host-1                   2 of 2 leases, 30,013 games done, 4,000/s, 20.0 MiB, heard of 0.5 s ago
ALARM        unit 7 stands with two digests
)");
}

TEST(StatusTextTest, EmptyServerSaysThatNoTrainerReported) {
  const std::string text = StatusText(v1::GetStatusResponse(), {});
  EXPECT_NE(text.find("training     no trainer has reported"), std::string::npos) << text;
  EXPECT_EQ(text.find("server  "), std::string::npos);
}

TEST(StatusTextTest, ServerThatWasStartedForTheQuestionIsNotNamed) {
  const std::string text =
      StatusText(SampleStatus(), {.address = "127.0.0.1:7000", .join_by = JoinBy::kServerFirst});
  EXPECT_THAT(text, HasSubstr("server       none runs; moyo-server 0.1.0 looked into the run"));
  EXPECT_THAT(text, Not(HasSubstr("7000")));
}

// A trainer, a worker or a server that others took over must not write to the terminal.
TEST(StatusTextTest, TextsOfTheNetworkAreShownNotObeyed) {
  constexpr char kHostile[] = "a\x1b[2Jb\nALARM        forged";
  constexpr char kShown[] = "a\\x1b[2Jb\\x0aALARM        forged";
  v1::GetStatusResponse status = SampleStatus();
  status.set_version(kHostile);
  status.mutable_training()->set_error(kHostile);
  status.mutable_workers(0)->set_name(kHostile);
  status.set_alarms(0, kHostile);
  status.set_catalogue_error(kHostile);
  status.set_storage_error(kHostile);
  const std::string text = StatusText(status, {.address = "127.0.0.1:7000", .run_dir = "run"});
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\nALARM        forged")));
  for (const char* name : {"(moyo-server ", "stopped      ", "\n  ", "ALARM        ",
                           "not added    ", "not stored   "}) {
    EXPECT_THAT(text, HasSubstr(absl::StrCat(name, kShown)));
  }
  EXPECT_THAT(NoticeLines(status), Contains(absl::StrCat("ALARM        ", kShown)));
}

TEST(ErrorLineTest, WhatTheServerSaysIsOneLineAndShown) {
  EXPECT_EQ(ErrorLine(absl::InternalError("one\r\ntwo \x1b[2J")), "moyo: one two \\x1b[2J");
}

}  // namespace
}  // namespace moyo::cli
