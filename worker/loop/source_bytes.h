// The bytes of a unit's sources, in catalogue order: from the file itself where this machine has
// the same one (content hash equal), else from the server.
#pragma once

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

// Calls `receive` once for each source of the lease, in order; it returns false to stop
// (CANCELLED). Holds one source at a time. Bytes from the network are checked against the content
// hash too. `fetched_bytes` counts what came over the network.
absl::Status ForEachSource(
    CoordinatorClient& client, const v1::Lease& lease, LocalFiles local, uint64_t& fetched_bytes,
    absl::FunctionRef<bool(const v1::Source&, const SourceContent&)> receive);

}  // namespace moyo::worker
