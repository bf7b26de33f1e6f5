#include "trainer/data/shard_source.h"

#include <gtest/gtest.h>

#include "tests/cli/fake_server.h"
#include "tests/support/temp_folder.h"

namespace moyo::trainer {
namespace {

TEST(ShardSourceTest, AServerThatStopsInTheMiddleOfACallIsAskedAgain) {
  cli::FakeServer server;
  server.shards.manifest.set_complete(true);
  server.shards.cut_calls = 2;
  test::TempFolder folder;
  const auto loaded =
      LoadFromServer(rpc::ServerAccess(server.address()), folder.path(), 5, [](const auto&) {});
  // There is no game in that manifest, which only one who got it can know.
  EXPECT_TRUE(absl::IsFailedPrecondition(loaded.status())) << loaded.status();
  EXPECT_EQ(server.shards.cut_calls, 0);
}

}  // namespace
}  // namespace moyo::trainer
