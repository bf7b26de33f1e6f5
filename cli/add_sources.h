// The one call of `moyo add`, which lasts as long as a scan of the games.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/server_connection.h"
#include "moyo/v1/admin.pb.h"

namespace moyo::cli {

// Waits for the end of the scan, at most `timeout`. CANCELLED: a signal. DEADLINE_EXCEEDED: it goes
// on for longer. Both end the waiting, not the scan: the message says where it goes on. Else as the
// server answers.
absl::StatusOr<v1::AddSourcesResponse> AddSources(ServerConnection& server,
                                                  const v1::AddSourcesRequest& request,
                                                  absl::Duration timeout);

}  // namespace moyo::cli
