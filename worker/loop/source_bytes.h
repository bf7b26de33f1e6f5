// The bytes of a unit's sources, in catalogue order: from the file itself where this machine has
// the same one (content hash equal), else from the server.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "moyo/v1/work.pb.h"
#include "worker/loop/coordinator_client.h"

namespace moyo::worker {

enum class LocalFiles : uint8_t { kUse, kIgnore };

// Takes the sources one after another, each in pieces. False ends the reading.
class UnitSink {
 public:
  virtual ~UnitSink() = default;
  virtual void BeginSource(const v1::Source& source) = 0;
  virtual bool Feed(std::string_view bytes) = 0;  // valid during the call
  // What was fed is the source as it was catalogued.
  virtual bool EndSource() = 0;
  // What was fed is worth nothing: BeginSource follows for the same source, from elsewhere.
  virtual void DropSource() = 0;
  // What was fed is worth nothing, and nobody can read the source. `why` says it.
  virtual bool FailSource(const v1::Source& source, const std::string& why) = 0;
};

// May be read by another thread meanwhile.
struct ReadCounters {
  std::atomic<uint64_t> bytes_read{0};     // of the unit's sources, from here or there
  std::atomic<uint64_t> fetched_bytes{0};  // over the network
};

// CANCELLED when the sink ended it; else what the network said, in the middle of a source maybe.
// Holds one piece (256 KiB) at a time. Bytes are checked against the content hash, wherever they
// come from.
absl::Status ReadUnit(CoordinatorClient& client, const v1::Lease& lease, LocalFiles local,
                      ReadCounters& counters, UnitSink& sink);

}  // namespace moyo::worker
