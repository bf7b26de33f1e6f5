#include "trainer/data/permutation.h"

#include <gtest/gtest.h>

#include <vector>

namespace moyo::trainer {
namespace {

TEST(PermutationTest, IsABijectionForEverySize) {
  for (uint64_t size : {1, 2, 3, 4, 5, 17, 255, 256, 257, 1000, 4097}) {
    const Permutation permutation(7, 3, size);
    std::vector<bool> seen(size);
    for (uint64_t i = 0; i < size; ++i) {
      const uint64_t image = permutation(i);
      ASSERT_LT(image, size);
      ASSERT_FALSE(seen[image]) << "size " << size;
      seen[image] = true;
    }
  }
}

TEST(PermutationTest, SeedAndEpochChangeTheOrder) {
  const Permutation base(1, 0, 10000), other_epoch(1, 1, 10000), other_seed(2, 0, 10000);
  int same_epoch = 0, same_seed = 0, in_place = 0;
  for (uint64_t i = 0; i < 10000; ++i) {
    same_epoch += base(i) == other_epoch(i);
    same_seed += base(i) == other_seed(i);
    in_place += base(i) == i;
  }
  // A random permutation agrees with another in about one place.
  EXPECT_LT(same_epoch, 10);
  EXPECT_LT(same_seed, 10);
  EXPECT_LT(in_place, 10);
}

TEST(PermutationTest, OrderOfASeedStaysTheSame) {
  // Checkpoints of earlier versions rest on it.
  const Permutation permutation(1, 0, 1000);
  const std::vector<uint64_t> first = {permutation(0), permutation(1), permutation(2)};
  EXPECT_EQ(first, (std::vector<uint64_t>{353, 467, 835}));
}

TEST(PermutationTest, FirstQuarterIsSpreadEvenly) {
  const Permutation permutation(5, 0, 100000);
  std::vector<int> buckets(10);
  for (uint64_t i = 0; i < 25000; ++i) ++buckets[permutation(i) / 10000];
  for (int count : buckets) EXPECT_NEAR(count, 2500, 250);
}

}  // namespace
}  // namespace moyo::trainer
