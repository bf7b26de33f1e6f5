// A program of its own: a shutdown, once requested, stays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <mutex>
#include <string>

#include "common/base/shutdown.h"
#include "worker/loop/worker_loop.h"

namespace moyo::worker {
namespace {

// Keeps the first warning, and then lets the worker go.
class FirstWarning : public spdlog::sinks::base_sink<std::mutex> {
 public:
  const std::string& text() const { return text_; }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (message.level != spdlog::level::warn || !text_.empty()) return;
    text_.assign(message.payload.data(), message.payload.size());
    RequestShutdown();
  }
  void flush_() override {}

 private:
  std::string text_;
};

TEST(WorkerUnreachable, ServerThatIsNotThereIsSaidInTheLog) {
  const auto sink = std::make_shared<FirstWarning>();
  spdlog::default_logger()->sinks().push_back(sink);
  WorkerOptions options;
  options.server = rpc::ServerAccess("127.0.0.1:1");
  options.name = "test";
  const auto endpoint = metrics::Endpoint::Open("", "test");
  EXPECT_TRUE(WorkerLoop(options, **endpoint).Run().ok());
  EXPECT_THAT(sink->text(), testing::HasSubstr("waiting for server 127.0.0.1:1"));
  EXPECT_THAT(sink->text(), testing::HasSubstr("cannot connect"));
}

}  // namespace
}  // namespace moyo::worker
