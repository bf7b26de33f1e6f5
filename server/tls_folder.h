// RUN_DIR/server/tls: the server's identity, made at its first start off loopback and kept.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/certificate.h"

namespace moyo::server {

// One file, `folder`/server.pem, mode 0600, with key and certificate: published whole, so that they
// always belong together.
//
// Reads it, or makes it for these further names. FAILED_PRECONDITION: it is damaged, or others than
// its owner may read it; the message says what to do.
absl::StatusOr<rpc::Identity> OpenIdentity(const std::string& folder,
                                           const std::vector<std::string>& names);

// NOT_FOUND when none was made yet; else as OpenIdentity.
absl::StatusOr<rpc::Identity> ReadIdentity(const std::string& folder);

}  // namespace moyo::server
