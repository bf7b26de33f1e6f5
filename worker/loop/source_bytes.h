// The bytes of a unit's sources, in catalogue order: from the file itself where this machine has
// the same one (content hash equal), else from the server.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "moyo/v1/work.pb.h"
#include "worker/loop/coordinator_client.h"

namespace moyo::worker {

enum class LocalFiles : uint8_t { kUse, kIgnore };

struct SourceContent {
  std::string_view bytes;  // valid during the call
  std::string error;       // set: the source could not be read, and why
};

// May be read by another thread meanwhile.
struct ReadCounters {
  std::atomic<uint64_t> bytes_read{0};     // of the unit's sources, from here or there
  std::atomic<uint64_t> fetched_bytes{0};  // over the network
};

// Calls `receive` once for each source of the lease, in order; it returns false to stop
// (CANCELLED). Holds one source at a time. Bytes from the network are checked against the content
// hash too.
absl::Status ForEachSource(
    CoordinatorClient& client, const v1::Lease& lease, LocalFiles local, ReadCounters& counters,
    absl::FunctionRef<bool(const v1::Source&, const SourceContent&)> receive);

}  // namespace moyo::worker
