// One leased unit -> its finished shard and ledger rows.
#pragma once

#include <atomic>
#include <cstdint>

#include "absl/status/statusor.h"
#include "moyo/v1/work.pb.h"
#include "worker/loop/coordinator_client.h"
#include "worker/loop/source_bytes.h"
#include "worker/loop/spool.h"
#include "worker/parse/parse_job.h"

namespace moyo::worker {

// Shared with the heartbeat thread while the unit runs.
struct RunningUnit {
  v1::Lease lease;
  std::atomic<uint64_t> games_parsed{0};
  ReadCounters read;
  std::atomic<bool> lost{false};  // set: stop, another worker may have the unit
};

// The worker's identity under a lease.
struct Registration {
  std::string worker_id;
  std::string run_id;
  ParseOptions options;
};

// CANCELLED when the lease was lost or shutdown asked for; else what the network said.
absl::StatusOr<FinishedUnit> RunUnit(CoordinatorClient& client, const Registration& as,
                                     LocalFiles local, RunningUnit& unit);

ParseOptions FromProto(const v1::ParseOptions& options);

}  // namespace moyo::worker
