#include "common/metrics/exposer.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/counter.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "common/metrics/family.h"

namespace moyo::metrics {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The whole answer to GET /metrics; empty when nobody listens.
std::string Scrape(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
    constexpr std::string_view kRequest =
        "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    EXPECT_EQ(write(fd, kRequest.data(), kRequest.size()), static_cast<ssize_t>(kRequest.size()));
    char buffer[4096];
    for (ssize_t n; (n = read(fd, buffer, sizeof(buffer))) > 0;) answer.append(buffer, n);
  }
  close(fd);
  return answer;
}

TEST(Endpoint, PortZeroPicksOneAndServesTheProcess) {
  const auto endpoint = Endpoint::Open("127.0.0.1:0", "moyo-test");
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  ASSERT_GT((*endpoint)->port(), 0);
  const std::string answer = Scrape((*endpoint)->port());
  EXPECT_THAT(answer, HasSubstr("200 OK"));
  EXPECT_THAT(answer, HasSubstr("moyo_build_info{program=\"moyo-test\""));
  EXPECT_THAT(answer, HasSubstr("process_resident_memory_bytes "));
  EXPECT_THAT(answer, HasSubstr("moyo_system_memory_total_bytes "));
}

TEST(Endpoint, RegisteredCounterIsServed) {
  const auto endpoint = Endpoint::Open("127.0.0.1:0", "moyo-test");
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  prometheus::BuildCounter()
      .Name("moyo_test_total")
      .Help("A test.")
      .Register((*endpoint)->registry())
      .Add({})
      .Increment(7);
  EXPECT_THAT(Scrape((*endpoint)->port()), HasSubstr("moyo_test_total 7"));
}

class Answer final : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override {
    return {GaugeFamily("moyo_test_answer", "A test.", 42)};
  }
};

TEST(Endpoint, ASourceIsAskedUntilItIsRemoved) {
  const auto endpoint = Endpoint::Open("127.0.0.1:0", "moyo-test");
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  const auto source = std::make_shared<Answer>();
  (*endpoint)->AddSource(source);
  EXPECT_THAT(Scrape((*endpoint)->port()), HasSubstr("moyo_test_answer 42"));
  (*endpoint)->RemoveSource(source);
  EXPECT_THAT(Scrape((*endpoint)->port()), Not(HasSubstr("moyo_test_answer")));
}

TEST(Endpoint, TakenPortIsUnavailableAndSaysWhatToDo) {
  const auto first = Endpoint::Open("127.0.0.1:0", "moyo-test");
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string address = absl::StrCat("127.0.0.1:", (*first)->port());
  const auto second = Endpoint::Open(address, "moyo-test");
  EXPECT_TRUE(absl::IsUnavailable(second.status())) << second.status();
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(address));
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("--metrics"));
}

TEST(Endpoint, EmptyAddressCountsWithoutServing) {
  const auto endpoint = Endpoint::Open("", "moyo-test");
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  EXPECT_EQ((*endpoint)->port(), 0);
}

}  // namespace
}  // namespace moyo::metrics
