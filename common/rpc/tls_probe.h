// Looks at what listens on an address: one TLS handshake, without sending anything of ours.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace moyo::rpc {

struct ProbeResult {
  // Of the TLS server, whose possession of the key the handshake has shown; empty: something
  // listens that does not speak TLS.
  std::string certificate_pem;
};

// UNAVAILABLE: nothing answers within `timeout` (the look-up of a name has its own time limits), or
// it hangs up: a later try may find more. INVALID_ARGUMENT: `address` is not HOST:PORT.
absl::StatusOr<ProbeResult> ProbeTls(const std::string& address, absl::Duration timeout);

}  // namespace moyo::rpc
