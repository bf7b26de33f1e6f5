// The filter flags of a run, made one message for the workers.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "moyo/v1/work.pb.h"
#include "server/run_server.h"
#include "server/store/store.h"

namespace moyo::server {

// INVALID_ARGUMENT: no such flag, or text that means nothing to it.
absl::Status SetFilter(const std::string& flag, const std::string& text, v1::GameFilter& filter);

// Stores the flags at a run directory's first start. FAILED_PRECONDITION: it was begun with others.
// INVALID_ARGUMENT: a flag's text.
absl::StatusOr<v1::GameFilter> SettleFilter(store::Store& store, const ServerOptions& options);

}  // namespace moyo::server
