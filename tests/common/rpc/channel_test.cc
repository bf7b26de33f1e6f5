#include "common/rpc/channel.h"

#include <gtest/gtest.h>

namespace moyo::rpc {
namespace {

TEST(StatusConversion, CodeAndMessageSurviveBothWays) {
  for (int code = 0; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), code == 0 ? "" : "why");
    EXPECT_EQ(FromGrpc(ToGrpc(status)), status) << code;
  }
}

TEST(StatusConversion, NamesMatchGrpcs) {
  EXPECT_EQ(ToGrpc(absl::NotFoundError("x")).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ToGrpc(absl::DataLossError("x")).error_code(), grpc::StatusCode::DATA_LOSS);
  EXPECT_TRUE(absl::IsUnavailable(FromGrpc({grpc::StatusCode::UNAVAILABLE, "x"})));
}

TEST(Backoff, DoublesFrom100MsToTenSecondsWithJitterBelow) {
  Backoff backoff;
  absl::Duration longest = absl::Milliseconds(100);
  for (int i = 0; i < 40; ++i) {
    const absl::Duration wait = backoff.Next();
    EXPECT_LE(wait, longest) << i;
    EXPECT_GE(wait, longest / 2) << i;
    longest = std::min(longest * 2, absl::Seconds(10));
  }
  backoff.Reset();
  EXPECT_LE(backoff.Next(), absl::Milliseconds(100));
}

TEST(Retry, StopsAtWhatALaterTryCannotMend) {
  int calls = 0;
  const absl::Status status = Retry(absl::InfiniteDuration(), [&] {
    ++calls;
    return absl::FailedPreconditionError("stale");
  });
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_EQ(calls, 1);
}

TEST(Retry, OutageEndsInSuccess) {
  int calls = 0;
  EXPECT_TRUE(Retry(absl::InfiniteDuration(), [&] {
                return ++calls == 1 ? absl::UnavailableError("down") : absl::OkStatus();
              }).ok());
  EXPECT_EQ(calls, 2);
}

TEST(Retry, GivesUpWithTheLastError) {
  const absl::Status status =
      Retry(absl::ZeroDuration(), [] { return absl::DeadlineExceededError("slow"); });
  EXPECT_EQ(status, absl::DeadlineExceededError("slow"));
}

}  // namespace
}  // namespace moyo::rpc
