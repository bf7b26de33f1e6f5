#include <gtest/gtest.h>

#include "tests/trainer/train/free_address.h"
#include "trainer/group/group.h"

namespace moyo::trainer {
namespace {

TEST(RendezvousTest, NumberOfARankIsTakenOnce) {
  const GroupOptions zero = {.ranks = 2, .rank = 0, .rendezvous = FreeAddress()};
  GroupOptions one = zero;
  one.rank = 1;
  const auto first = Rendezvous::Open(zero);
  ASSERT_TRUE(first.ok()) << first.status();
  GroupOptions mistaken = one;
  mistaken.ranks = 3;
  const absl::Status wrong = Rendezvous::Open(mistaken).status();
  EXPECT_TRUE(absl::IsInvalidArgument(wrong)) << wrong;
  EXPECT_NE(wrong.message().find("rank 0 was started with --ranks 2, not 3"), std::string::npos)
      << wrong;
  const auto second = Rendezvous::Open(one);  // the mistake has cost nothing
  ASSERT_TRUE(second.ok()) << second.status();
  const absl::Status again = Rendezvous::Open(one).status();
  EXPECT_TRUE(absl::IsAlreadyExists(again)) << again;
  EXPECT_NE(again.message().find("--rank 1"), std::string::npos) << again;
}

}  // namespace
}  // namespace moyo::trainer
