// A server's TLS identity: a P-256 key and a certificate that it signs itself. Clients trust it by
// its pin, not by names, dates or authorities.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX, whose headers stay in this folder

namespace moyo::rpc {

// Stands in every certificate, beside the names given, so that a client that trusts a pin has a
// name to ask for whatever address it dials.
inline constexpr char kServerName[] = "moyo-server";

struct Identity {
  std::string key_pem;
  std::string certificate_pem;
};

// `names`: further host names and IP addresses (told apart here). Valid from 1970 to 9999 (RFC
// 5280, section 4.1.2.5), as no client's clock shall decide.
absl::StatusOr<Identity> MakeIdentity(const std::vector<std::string>& names);

// FAILED_PRECONDITION unless both parts can be read and belong together.
absl::Status CheckIdentity(const Identity& identity);

// Makes another library's TLS server speak as `identity`. FAILED_PRECONDITION as CheckIdentity.
absl::Status UseIdentity(const Identity& identity, ssl_ctx_st* context);

// SHA-256 of the certificate in DER, 32 bytes. INVALID_ARGUMENT: no certificate.
absl::StatusOr<std::string> PinOf(std::string_view certificate_pem);

}  // namespace moyo::rpc
