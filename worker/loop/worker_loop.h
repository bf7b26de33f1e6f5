// A parse worker: leases units from the server until told to stop, several at once.
//
// Rides out any outage of the server with backoff; a finished shard is never thrown away unless the
// server says that it can never be taken: its fencing token is stale, so another worker has the
// unit. Leaves within seconds when told to, whatever the server does, and gives back what is
// unfinished.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/metrics/exposer.h"
#include "common/rpc/server_access.h"
#include "worker/loop/source_bytes.h"

namespace moyo::worker {

struct WorkerOptions {
  rpc::ServerAccess server;
  std::string name;          // shown to people
  int parallel = 1;          // units at once
  std::string spool_folder;  // empty: finished shards are kept in memory only
  LocalFiles local_files = LocalFiles::kUse;
  bool exit_when_done = false;                          // return when the server has no more work
  absl::Duration resend_interval = absl::Seconds(30);   // of shards that the server failed to take
  absl::Duration summary_interval = absl::Seconds(10);  // of the log's line on how it goes
};

class WorkerLoop {
 public:
  // `endpoint` must outlive the loop.
  WorkerLoop(WorkerOptions options, metrics::Endpoint& endpoint);
  ~WorkerLoop();
  // Until shutdown, or all units done with exit_when_done. FAILED_PRECONDITION: the server refuses
  // this version, or is another than the one to be joined. UNAUTHENTICATED, PERMISSION_DENIED: it
  // does not take the token; what is finished stays in the spool.
  absl::Status Run();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace moyo::worker
