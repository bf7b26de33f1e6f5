#include "trainer/data/share.h"

#include <gtest/gtest.h>

namespace moyo::trainer {
namespace {

TEST(ShareTest, TheRanksHaveEachSampleOnceInWholePasses) {
  for (const size_t count : {1, 7, 16, 61, 64}) {
    for (const size_t micro_batch : {0, 1, 5, 16, 100}) {
      for (const uint64_t ranks : {1, 2, 3, 5}) {
        size_t at = 0;
        for (uint64_t rank = 0; rank < ranks; ++rank) {
          const Share::Part part =
              Share{.rank = rank, .ranks = ranks, .micro_batch = micro_batch}.Of(count);
          EXPECT_EQ(part.begin, at);
          EXPECT_LE(part.begin, part.end);
          EXPECT_TRUE(micro_batch == 0 || part.begin >= count || part.begin % micro_batch == 0);
          at = part.end;
        }
        EXPECT_EQ(at, count);
      }
    }
  }
}

TEST(ShareTest, EqualPassesAreSharedOutEvenly) {
  const Share second{.rank = 1, .ranks = 2, .micro_batch = 16};
  EXPECT_EQ(second.Of(64).begin, 32u);
  EXPECT_EQ(second.Of(64).end, 64u);
  EXPECT_EQ(second.Passes(64), 4u);
}

}  // namespace
}  // namespace moyo::trainer
