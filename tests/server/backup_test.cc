#include "server/backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "common/base/files.h"
#include "server/store/store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace moyo::server {
namespace {

class RunBackupTest : public testing::Test {
 protected:
  RunBackupTest() { EXPECT_TRUE(store::Store::Open(run_dir_ + "/server", {}, clock_).ok()); }

  int Backup() {
    testing::internal::CaptureStderr();
    const int exit_code = RunBackup({.run_dir = run_dir_, .out = out_});
    stderr_ = testing::internal::GetCapturedStderr();
    return exit_code;
  }
  bool IsThere(const std::string& name) const {
    return std::filesystem::exists(folder_.path() + "/" + name);
  }

  test::TempFolder folder_;
  test::FakeClock clock_;
  const std::string run_dir_ = folder_.path() + "/run";
  const std::string out_ = folder_.path() + "/copy";
  std::string stderr_;
};

TEST_F(RunBackupTest, CopyIsWholeUnderItsName) {
  EXPECT_EQ(Backup(), 0) << stderr_;
  EXPECT_TRUE(IsThere("copy/server/moyo.db"));
  EXPECT_TRUE(IsThere("copy/version"));
  EXPECT_FALSE(IsThere("copy.part"));
}

TEST_F(RunBackupTest, WhatOneThatWasCutOffLeftGivesWay) {
  folder_.Write("copy.part/server/moyo.db", "half of it");
  folder_.Write("copy.part/server/shards/unit-00000001-t1.npz", "");
  EXPECT_EQ(Backup(), 0) << stderr_;
  EXPECT_FALSE(IsThere("copy/server/shards/unit-00000001-t1.npz"));
  EXPECT_FALSE(IsThere("copy.part"));
}

TEST_F(RunBackupTest, FolderOfSomebodyElseIsLeftAloneAndNamed) {
  // A note beside a copy, a run in use, a backup that is whole, a file.
  for (const char* name :
       {"copy.part/notes", "copy.part/server/lock", "copy.part/version", "copy.part"}) {
    std::filesystem::remove_all(folder_.path() + "/copy.part");
    folder_.Write(name, "mine");
    EXPECT_EQ(Backup(), 1) << name;
    EXPECT_THAT(stderr_, testing::HasSubstr("copy.part'")) << name;
    EXPECT_THAT(stderr_, testing::HasSubstr("--out")) << name;
    EXPECT_EQ(*ReadFile(folder_.path() + "/" + name), "mine");
    EXPECT_FALSE(IsThere("copy")) << name;
  }
}

}  // namespace
}  // namespace moyo::server
