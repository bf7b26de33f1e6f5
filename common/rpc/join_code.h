// The one word that a machine needs to join a server, and the secrets it is made of.
//
//   moyo-worker --join AUMyMDMu...
//
// A join code is base64url (RFC 4648, section 5, no padding) of
//   version (1 byte, 1) | length of the whole in bytes (2, big-endian) |
//   length of the pin (1: 0 or 32) | pin | length of the token (1: 0 or 32) | token |
//   address (HOST:PORT) | checksum (4: the first bytes of SHA-256 of all before)
// so that a code that was cut off while copying is named as such. It holds a secret: whoever has it
// may do what the token's role allows.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace moyo::rpc {

inline constexpr size_t kTokenBytes = 32;  // 256 random bits
inline constexpr size_t kPinBytes = 32;    // SHA-256 of the certificate (DER)

struct JoinCode {
  std::string address;  // HOST:PORT
  std::string pin;      // empty: the server speaks plain text
  std::string token;    // empty: the server asks for none
};

std::string EncodeJoinCode(const JoinCode& code);
// Blanks and line ends around the word are ignored. INVALID_ARGUMENT says whether the code was cut
// off, has something after its end, was mistyped, or is of a newer release.
absl::StatusOr<JoinCode> DecodeJoinCode(std::string_view text);

// kTokenBytes from the system's random generator. INTERNAL when there are none.
absl::StatusOr<std::string> NewToken();
// Takes the same time wherever two texts of one length differ.
bool EqualInConstantTime(std::string_view a, std::string_view b);

// "Bearer TOKEN" with the token in base64url: the value of the metadata key "authorization" (as RFC
// 6750, section 2.1).
inline constexpr char kAuthorizationKey[] = "authorization";
std::string BearerOf(std::string_view token);
// The token's bytes; empty when the text is not of that form.
std::string TokenOfBearer(std::string_view bearer);

}  // namespace moyo::rpc
