// What only the server's RPCs count; /metrics shows it.
#pragma once

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"
#include "common/base/clock.h"

namespace moyo::server {

// Streams of one kind, since this process began. Thread-safe.
struct Flow {
  std::atomic<uint64_t> transfers{0};
  std::atomic<uint64_t> bytes{0};
  std::atomic<uint64_t> nanoseconds{0};  // the streams' durations, added up
};

// Counts one stream: a transfer and its duration when it ends, however it ends.
class TransferTimer {
 public:
  TransferTimer(Flow& flow, const Clock& clock) : flow_(flow), clock_(clock), begun_(clock.Now()) {}
  ~TransferTimer() {
    ++flow_.transfers;
    flow_.nanoseconds += absl::ToInt64Nanoseconds(clock_.Now() - begun_);
  }
  TransferTimer(const TransferTimer&) = delete;

 private:
  Flow& flow_;
  const Clock& clock_;
  const absl::Time begun_;
};

struct Traffic {
  Flow uploads;           // of shards
  Flow source_downloads;  // bytes that workers fetch
  Flow shard_downloads;
  std::atomic<uint64_t> games_committed{0};
  std::atomic<uint64_t> registrations{0};
};

}  // namespace moyo::server
