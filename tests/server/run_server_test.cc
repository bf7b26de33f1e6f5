// The whole program behind its flags, in this process.
#include "server/run_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <string>

#include "common/base/shutdown.h"
#include "server/run_folder.h"
#include "server/store/database.h"
#include "server/store/store.h"
#include "tests/support/disk_calls.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace moyo::server {
namespace {

class RunServerTest : public testing::Test {
 protected:
  RunServerTest() {
    options_.run_dir = folder_.path() + "/run";
    options_.listen = "127.0.0.1:0";
  }

  // A run directory that a server has begun, so that the next one writes no setting.
  void Begin() {
    const auto lock = OpenRunFolder(options_.run_dir);
    ASSERT_TRUE(lock.ok()) << lock.status();
    const auto store = store::Store::Open(options_.run_dir + "/server", {}, clock_);
    ASSERT_TRUE(store.ok()) << store.status();
    // While this is open, the log stays as it is: SQLite itself syncs only a new one.
    database_ = *store::Database::Open(options_.run_dir + "/server/moyo.db");
    ASSERT_TRUE(SettleParseOptions(**store, options_).ok());
  }

  test::TempFolder folder_;
  test::FakeClock clock_;
  ServerOptions options_;
  std::unique_ptr<store::Database> database_;
};

TEST_F(RunServerTest, EndsWithWhatToDoWhenTheDiskDoesNotTakeWhatWasDecided) {
  options_.games.push_back(folder_.Write("a.sgf", "(;GM[1]SZ[19];B[pd];W[dp])\n"));
  Begin();
  test::DiskCalls calls;
  calls.FailNextSync("moyo.db-wal", ENOSPC);  // that of the end of the scan
  testing::internal::CaptureStderr();
  const int exit_code = RunServer(options_);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(exit_code, 1);
  EXPECT_THAT(said, testing::HasSubstr("moyo-server: cannot sync"));
  EXPECT_THAT(said, testing::HasSubstr("restart the server"));
  EXPECT_FALSE(ShutdownRequested());
}

}  // namespace
}  // namespace moyo::server
